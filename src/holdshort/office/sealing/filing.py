"""Sealing what an act keeps from the public, before it is filed; opening it for its readers.

    with sealing(office, plan) as (fields, documents):
        office.file(plan.act, plan.case, plan.by, fields, documents)

A sealed document ``report.pdf`` becomes two public ones: ``report.pdf.age``, the ciphertext, and
``report.pdf.sealed``, which says on which ground it is sealed, who can read it, and what its author
committed to. The openings of all sealed fields and documents of the act are in ``sealed.age``.

The keys are there, synced, before the act is: a crash may leave a key that opens nothing, never an
act that nobody can open. An act that is refused leaves none.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from holdshort.docket.fields import expected, fits
from holdshort.errors import BadInput, Refused, RegisterError
from holdshort.office.door import Document, Office
from holdshort.office.place import Place
from holdshort.office.sealing.readers import (
    Ask,
    hold,
    make_reader,
    own_recipient,
    recipient_for,
    release,
    take,
)
from holdshort.register.canonical import Json, canonical, parse
from holdshort.register.entry import Entry
from holdshort.register.folder import Folder
from holdshort.register.sealing.age import decrypt, encrypt, new_identity, recipient_of
from holdshort.register.sealing.values import (
    Opening,
    Sealed,
    Setting,
    check_opening,
    content_digest,
    seal,
    sealed_fields,
    unseal,
)
from holdshort.rulebook.model import Matter, Rulebook

OPENINGS = "sealed.age"
CIPHERTEXT = ".age"
STATEMENT = ".sealed"


@dataclass(frozen=True)
class Plan:
    """What is to be filed, and what of it sealed.

    ``seals`` gives for each name, of a field or a document, the ground. ``readers`` can read it;
    the party that files can anyway.
    """

    act: str
    case: str
    by: str
    fields: Mapping[str, Json]
    documents: Sequence[Document]
    seals: Mapping[str, str]
    readers: Sequence[str] = ()


@dataclass(frozen=True)
class Prepared:
    """An act with what is sealed in it, ready to be filed; ``keys`` are the readers' copies."""

    fields: dict[str, Json]
    documents: list[Document]
    keys: list[Path]


@dataclass(frozen=True)
class Opened:
    """What a reader can read of an act, every part checked against its commitment."""

    openings: Mapping[str, Opening]
    documents: Mapping[str, bytes]


@contextmanager
def sealing(office: Office, plan: Plan) -> Iterator[tuple[dict[str, Json], list[Document]]]:
    """Seal, and take the keys back if the act is not filed after all.

    Raises:
        BadInput: there is nothing of that name, or a reader cannot be reached.
        Refused: the rulebook does not let it be sealed; names the clause.
        StorageError: the keys cannot be written.
    """
    prepared = seal_fields(office, plan)
    try:
        yield prepared.fields, prepared.documents
    except (BadInput, Refused):
        release(prepared.keys)
        raise


def seal_fields(office: Office, plan: Plan) -> Prepared:
    """The fields and documents of an act with sealed values in them; the keys are held here."""
    if not plan.seals:
        return Prepared(dict(plan.fields), list(plan.documents), [])
    book = office.law_of(plan.case, plan.act)
    matter = _lawful(book, plan)
    readers = _readers(office, plan)
    setting = Setting(office.docket.charter.origin, plan.case, plan.act, plan.by)
    documents = {each.name: each for each in plan.documents if each.name in plan.seals}
    contents = {name: _content(each) for name, each in documents.items()}
    openings = {
        name: Opening.fresh(name, plan.fields[name]) for name in plan.seals if name in plan.fields
    }
    for name, content in contents.items():
        sealed_name = name + CIPHERTEXT
        openings[sealed_name] = Opening.fresh(sealed_name, content_digest(content))
    key = new_identity()
    recipient = recipient_of(key)
    blob = seal(openings.values(), setting, recipient)
    held_by = tuple(sorted(readers))
    sealed = {
        name: Sealed(
            opening.commitment(setting.to_json()),
            plan.seals[name.removesuffix(CIPHERTEXT)],
            held_by,
            content_digest(blob),
        )
        for name, opening in openings.items()
    }
    published = [each for each in plan.documents if each.name not in plan.seals]
    for name, content in contents.items():
        published += _sealed_document(
            name, encrypt(content, [recipient]), sealed[name + CIPHERTEXT]
        )
    published.append(Document(OPENINGS, blob))
    fields = dict(plan.fields)
    fields.update({name: sealed[name].to_json() for name in matter if name in plan.fields})
    return Prepared(fields, published, hold(office.place, content_digest(blob), key, readers))


def open_act(place: Place, entry: Entry, party: str, ask: Ask | None = None) -> Opened:
    """What ``party`` can read of an entry, with its keys in ``place`` and the public folder.

    Raises:
        BadInput: nothing of the entry is sealed.
        KeyFileError: the party holds no key to it here.
        Refused: it is sealed to others.
        RegisterError: what is in it is not what its author committed to, or it is damaged.
    """
    blob, setting = blob_of(place, entry), Setting.of(entry.act)
    folder, where = Folder(place.public), f"entry {entry.index}"
    key = take(place, blob, party, ask)
    openings = unseal(folder.read_blob(blob), key, setting, where)
    for name, sealed in sealed_fields(entry.act).items():
        check_opening(_opening(openings, name, where), sealed, setting, where)
    documents: dict[str, bytes] = {}
    for name, (sealed, ciphertext) in sealed_documents(folder, entry).items():
        opening = _opening(openings, name + CIPHERTEXT, where)
        check_opening(opening, sealed, setting, where)
        content = decrypt(folder.read_blob(ciphertext), [key], f"{where}, {name}")
        if content_digest(content) != opening.value:
            raise RegisterError(f"{name} is not what was committed to.", where=where)
        documents[name] = content
    return Opened(openings, documents)


def blob_of(place: Place, entry: Entry) -> str:
    """Digest of the age file that holds an entry's openings, which names its keys.

    Raises:
        BadInput: nothing of the entry is sealed.
    """
    blobs = {sealed.blob for sealed in sealed_of(Folder(place.public), entry).values()}
    if not blobs:
        raise BadInput(f"Nothing of entry {entry.index} ({entry.act.type}) is sealed.")
    if len(blobs) > 1:
        what = "Its sealed values name several files of openings."
        raise RegisterError(what, where=f"entry {entry.index}")
    return blobs.pop()


def sealed_of(folder: Folder, entry: Entry) -> dict[str, Sealed]:
    """Everything sealed in an entry, by name: fields and documents."""
    documents = sealed_documents(folder, entry)
    return {
        **sealed_fields(entry.act),
        **{name + CIPHERTEXT: sealed for name, (sealed, _) in documents.items()},
    }


def sealed_documents(folder: Folder, entry: Entry) -> dict[str, tuple[Sealed, str]]:
    """The sealed documents of an entry, by name: what is said of each, digest of its ciphertext.

    Raises:
        RegisterError: a statement is damaged, or is not of the ciphertext filed with it.
    """
    named = {artefact.name: artefact.sha256 for artefact in entry.act.artefacts}
    found = {}
    for statement, digest in named.items():
        name = statement.removesuffix(STATEMENT)
        ciphertext = named.get(name + CIPHERTEXT)
        if name == statement or ciphertext is None:
            continue
        where = f"entry {entry.index}, {statement}"
        try:
            said = _statement(folder.read_blob(digest), where)
            sealed = Sealed.from_json({"sealed": said["sealed"]}, where)
        except BadInput as error:
            raise RegisterError(error.what, where=error.where) from None
        if (said["name"], said["content"]) != (name, ciphertext):
            raise RegisterError("It is not of the ciphertext filed with it.", where=where)
        found[name] = (sealed, ciphertext)
    return found


def _statement(data: bytes, where: str) -> Mapping[str, Json]:
    said = parse(data, where)
    if not isinstance(said, Mapping) or set(said) != {"content", "name", "sealed"}:
        raise BadInput("It says content, name and sealed.", where=where)
    return said


# ---------------------------------------------------------------- inside


def _lawful(book: Rulebook, plan: Plan) -> list[str]:
    """The names to seal, each found, of its type, and on a ground of the book."""
    rule, matter = book.act(plan.act), book.confidentiality.matter.get(plan.act)
    documents = {each.name for each in plan.documents}
    for name, ground in plan.seals.items():
        field_stated = name in plan.fields and name in rule.fields
        if field_stated and (matter is None or name not in matter.fields):
            raise _not_sealable(plan.act, name, rule.clause.cite)
        if not field_stated and name not in documents:
            what = f"There is nothing to seal by the name {name!r}."
            raise BadInput(what, where="--seal", do="State it with --set, or attach it.")
        if matter is None or (name in documents and not matter.documents):
            raise _not_sealable(plan.act, f"the document {name}", rule.clause.cite)
        if field_stated:
            field = rule.fields[name]
            if not fits(field.type, plan.fields[name], book):
                raise BadInput(f"{name} is not {expected(field.type, book)}.", where=name)
        _on_a_ground(matter, name, ground)
    return list(plan.seals)


def _not_sealable(act: str, what: str, cite: str) -> Refused:
    return Refused(
        f"The rulebook does not let {what} of {act} be kept from the public.",
        clause=cite,
        do="See what may be sealed: holdshort rulebook show, with the book.",
    )


def _on_a_ground(matter: Matter, name: str, ground: str) -> None:
    if ground not in matter.grounds:
        raise Refused(
            f"{name} cannot be sealed on the ground {ground!r}.",
            clause=matter.clause.cite,
            do=f"The grounds are: {', '.join(matter.grounds)}.",
        )


def _readers(office: Office, plan: Plan) -> dict[str, str]:
    """Who can read it, and under which recipient. One that acts from here gets an identity."""
    found = {}
    for id_ in dict.fromkeys([plan.by, *plan.readers]):
        party = office.docket.parties.get(id_)
        if party is None:
            raise BadInput(
                f"There is no party {id_!r}.", where="--reader", do="See: holdshort docket"
            )
        fresh = party.reader is None and own_recipient(office.place, id_) is None
        if fresh and office.place.key(id_).exists():
            make_reader(office.place, id_)
        found[id_] = recipient_for(office.place, party)
    return found


def _sealed_document(name: str, ciphertext: bytes, sealed: Sealed) -> list[Document]:
    said: dict[str, Json] = {
        "content": content_digest(ciphertext),
        "name": name,
        **sealed.to_json(),
    }
    return [Document(name + CIPHERTEXT, ciphertext), Document(name + STATEMENT, canonical(said))]


def _opening(openings: Mapping[str, Opening], name: str, where: str) -> Opening:
    if name not in openings:
        raise RegisterError(f"The opening of {name!r} is missing.", where=where)
    return openings[name]


def _content(document: Document) -> bytes:
    if isinstance(document.content, bytes):
        return document.content
    try:
        return document.content.read_bytes()
    except OSError as error:
        what = f"The file cannot be read: {error.strerror}."
        raise BadInput(what, where=str(document.content)) from None
