"""Redaction: a public copy of a document, and proof of what was taken out of it.

::

    redaction = redact("report.md", text, [Passage(120, 160, "trade-secret", "training recipe")])
    redaction.public      "… [redacted 1: trade secret] …"
    redaction.statement   public: what was left out, where, why, and who holds the original
    redaction.withheld    secret: the passages, with their salts

Rules kept here:

- Every passage states its ground and its character, that is, what kind of matter it is, so that a
  reader can dispute a redaction that he cannot read.
- Each passage, and the digest of the whole original, is committed to under a salt of its own: the
  public copy, the statement and a guess do not show whether the guess is right, and one passage
  can be disclosed without another. Of a passage's length nothing shows.
- Public copy, statement and withheld passages give back the original, to the byte, or an error.

A commitment is bound to the name and the public copy of its document, in the way of
`holdshort.register.sealing.values`. Places are counted in characters (Unicode code points).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from holdshort.errors import BadInput, RegisterError
from holdshort.register.canonical import Json, canonical, digest, parse
from holdshort.register.sealing.values import Opening, content_digest, padded, read_openings

_ORIGINAL = "original"


@dataclass(frozen=True)
class Passage:
    """What is taken out: characters ``start`` to ``stop``, on which ground, and what it is."""

    start: int
    stop: int
    ground: str
    character: str


@dataclass(frozen=True)
class Redaction:
    """The three parts of a redacted document."""

    public: str
    statement: dict[str, Json]
    withheld: bytes
    """The openings, as `seal redact` writes them and `restore` reads them; padded JSON."""


def redact(
    document: str, text: str, passages: Sequence[Passage], held_by: Sequence[str]
) -> Redaction:
    """Take passages out of ``text``; ``held_by`` are the parties that keep the original.

    Raises:
        BadInput: a passage is empty, beyond the text or overlaps another; nothing is taken out, or
            a passage does not state what it is.
    """
    ordered = sorted(passages, key=lambda passage: passage.start)
    _check(text, ordered)
    marks = [f"[redacted {n}: {p.ground.replace('-', ' ')}]" for n, p in enumerate(ordered, 1)]
    parts: list[str] = []
    places: list[int] = []
    at = length = 0
    for passage, mark in zip(ordered, marks, strict=True):
        kept = text[at : passage.start]
        places.append(length + len(kept))
        parts += [kept, mark]
        length += len(kept) + len(mark)
        at = passage.stop
    public = "".join([*parts, text[at:]])
    bound_to = _bound_to(document, public)
    openings = [Opening.fresh(str(n), text[p.start : p.stop]) for n, p in enumerate(ordered, 1)]
    original = Opening.fresh(_ORIGINAL, content_digest(text.encode()))
    statement: dict[str, Json] = {
        "document": document,
        "public": content_digest(public.encode()),
        "original": original.commitment(bound_to),
        "held_by": sorted(set(held_by)),
        "passages": [
            {
                "number": number,
                "at": place,
                "mark": mark,
                "ground": passage.ground,
                "character": passage.character,
                "commitment": opening.commitment(bound_to),
            }
            for number, (place, mark, passage, opening) in enumerate(
                zip(places, marks, ordered, openings, strict=True), 1
            )
        ],
    }
    withheld: dict[str, Json] = {
        "statement": digest(statement),
        "openings": [each.to_json() for each in (original, *openings)],
    }
    return Redaction(public, statement, padded(canonical(withheld)))


def restore(public: str, statement: Json, withheld: bytes) -> str:
    """The original, checked against every commitment.

    Raises:
        RegisterError: the three parts do not belong together, or give back something else.
    """
    stated, document = _statement(statement), str(_statement(statement)["document"])
    made_for, openings = read_openings(withheld, document)
    bound_to = _bound_to(document, public)
    if stated["public"] != bound_to["public"]:
        raise RegisterError("The public copy is not the one of the statement.", where=document)
    if made_for != {"statement": digest(stated)}:
        raise RegisterError("The withheld passages are of another redaction.", where=document)
    text = public
    for passage in reversed(_passages(stated)):
        number, at, mark = str(passage["number"]), passage["at"], str(passage["mark"])
        value = _opened(openings, number, str(passage["commitment"]), bound_to)
        if not isinstance(at, int) or text[at : at + len(mark)] != mark:
            raise RegisterError("The mark is not where the statement says.", where=f"{number}")
        text = text[:at] + value + text[at + len(mark) :]
    whole = _opened(openings, _ORIGINAL, str(stated["original"]), bound_to)
    if content_digest(text.encode()) != whole:
        raise RegisterError("What comes out is not the original.", where=document)
    return text


def check_passage(opening: Opening, public: str, statement: Json) -> Mapping[str, Json]:
    """Hold one disclosed passage against the statement; what the statement says of it.

    Raises:
        RegisterError: it is not what was taken out there.
    """
    stated = _statement(statement)
    bound_to = _bound_to(str(stated["document"]), public)
    for passage in _passages(stated):
        if str(passage["number"]) == opening.name:
            _opened({opening.name: opening}, opening.name, str(passage["commitment"]), bound_to)
            return passage
    raise RegisterError(f"The statement has no passage {opening.name}.")


def openings_of(withheld: bytes) -> dict[str, Opening]:
    """The passages that were taken out, by number; RegisterError if the file is damaged."""
    _, openings = read_openings(withheld, "withheld passages")
    return {name: each for name, each in openings.items() if name != _ORIGINAL}


def read_statement(data: bytes, where: str) -> Json:
    """The statement in a file; RegisterError if it is none."""
    try:
        value = parse(data, where)
    except BadInput as error:
        raise RegisterError(error.what, where=error.where) from None
    return _statement(value)


def passages(statement: Json) -> list[Mapping[str, Json]]:
    """The passages that a statement says were taken out.

    Raises:
        RegisterError: it is no statement of redactions, or not whole.
    """
    return _passages(_statement(statement))


def _check(text: str, ordered: Sequence[Passage]) -> None:
    if not ordered:
        raise BadInput("Nothing is taken out.", do="Name at least one passage.")
    for passage in ordered:
        where = f"{passage.start}:{passage.stop}"
        if not 0 <= passage.start < passage.stop <= len(text):
            what = f"The passage is empty or beyond the {len(text)} characters of the document."
            raise BadInput(what, where=where)
        if not passage.character.strip() or not passage.ground:
            what = "A redaction states its ground, and of what character the matter is."
            raise BadInput(what, where=where)
    for one, other in pairwise(ordered):
        if other.start < one.stop:
            raise BadInput("Two passages overlap.", where=f"{other.start}:{other.stop}")


def _bound_to(document: str, public: str) -> dict[str, Json]:
    return {"document": document, "public": content_digest(public.encode())}


def _opened(
    openings: Mapping[str, Opening], name: str, commitment: str, bound_to: Mapping[str, Json]
) -> str:
    opening = openings.get(name)
    if opening is None:
        raise RegisterError("The passage is missing.", where=name)
    if opening.commitment(bound_to) != commitment or not isinstance(opening.value, str):
        raise RegisterError("It is not what was taken out.", where=name)
    return opening.value


def _statement(value: Json) -> Mapping[str, Json]:
    members = {"document", "public", "original", "held_by", "passages"}
    if not isinstance(value, Mapping) or set(value) != members:
        raise RegisterError(f"A statement of redactions has {', '.join(sorted(members))}.")
    return value


def _passages(statement: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    passages = statement["passages"]
    members = {"number", "at", "mark", "ground", "character", "commitment"}
    if not isinstance(passages, list | tuple):
        raise RegisterError("The passages of a statement are a list.")
    found = [each for each in passages if isinstance(each, Mapping) and set(each) == members]
    if len(found) != len(passages):
        raise RegisterError(f"A passage has {', '.join(sorted(members))}.")
    return found
