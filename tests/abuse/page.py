"""The page of the catalogue: ``docs/explanation/abuse.md``, made of the scenarios."""
# ruff: noqa: E501 - a cell of the page is one line, and so is a citation

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.abuse.catalogue import CATALOGUE
from tests.abuse.scenario import Scenario

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "abuse.md"
ACTORS = ("authority", "assessor", "developer", "court", "operator")
WAYS = {
    "refused": "refused",
    "register": "refused by the record",
    "answered": "ended by the other side",
    "verify": "named by `verify`",
    "gate": "not served",
    "witness": "proven by two readers",
}

HEAD = """# What power cannot do

<!-- Made by scripts/abuse-page from tests/abuse; a test compares. -->

Whoever could stop a model could favour, hurt, delay and hide. This is the catalogue of what was tried:
**{count} abuses of power**, by every office of the authority, by assessors, developers, courts and the
operator of the register, alone and in pairs. Each is a test that plays the abuse on a register with real
signatures, and a control that shows the same act to be lawful where it is no abuse. {stopped} of them
fail: they are refused on the clause named here, ended by an act that the law gives the
other side, or named by `holdshort verify`, by the gate or by two readers who compare. Every act that the
law refuses was also put into the log as an office with other software would have; a stranger's replay
stops at that entry, with the same clause. {shown} are not stopped and stand on the record for everyone;
they are at the end, with what no record can show.

| | {ways} |
|---|{rules}|
{rows}

An act is refused before it enters the log ([limited power](limited-power.md)). What an operator publishes
is a well-formed log under valid checkpoints, signed with any key that it likes; only what it says is wrong
([what `verify` proves](what-verify-proves.md)).
"""

TAIL = """
## What is not stopped, only visible

The law leaves discretion, and some matters no law of ours decides. Nothing refuses these; each is played
as well, and the record shows it where the last column says.

{visible}

## What no record can stop

- **Agreement in secret.** Two who agree outside the register leave no trace in it: on the items of a test
  if both know both halves of the seed, on a draw if developer and authority know both values
  ([the draw](the-draw.md)), on an answer before it is given. A third party's part in the seed would help
  against the first two; here the law knows two sides.
- **Untrue facts.** The record shows who said what, and when. It does not know the training compute, the
  interests or the incident that a party keeps to itself. A false statement is a violation once it comes
  out; nothing here makes it come out.
- **Idle hands.** Where the Agency is late, the developer takes what is due or the court steps in. Where the
  court itself is late, the law ends what bars, and clears nothing: days can be counted and compared
  ([like treatment](like-treatment.md)), not cut short.
- **Whoever vouches for names.** The registrar says which key is whose, and the root says it of registrars and
  courts. A root that gives a court's name to a key of its own is on the record with the act and its reasons, and
  the court can show the old key; who is right, people must judge. Keep the root's keys in several hands
  ([keys](../howto/keep-keys-safe.md)).
- **Prose.** No clause reads reasons. That they are there is checked; that they are good, a court says.
- **A last page torn off.** A reader that remembers nothing and asks no witness can be shown the register
  of an hour ago, until its snapshot is stale. Pin the charter, keep a memory, ask for cosignatures.
"""


def page() -> str:
    """The page, whole."""
    tried = [each for each in CATALOGUE if each.stopped_by != "visible"]
    shown = [each for each in CATALOGUE if each.stopped_by == "visible"]
    head = HEAD.format(
        count=len(CATALOGUE),
        stopped=len(tried),
        shown=len(shown),
        ways=" | ".join([*WAYS.values(), "all"]),
        rules="---:|" * len(WAYS) + "---:",
        rows="\n".join(_counts(tried)),
    )
    return head + "".join(_sections(tried)) + TAIL.format(visible="\n".join(_shown(shown)))


def sentence() -> str:
    """What the README says of it."""
    tried = sum(each.stopped_by != "visible" for each in CATALOGUE)
    return (
        f"[{tried} abuses of power](docs/explanation/abuse.md) are tried in the tests, by every office "
        "alone and in pairs; each is refused on its clause, answered, or named by `verify`."
    )


def _counts(tried: list[Scenario]) -> Iterator[str]:
    groups = [(actor, [each for each in tried if each.by == (actor,)]) for actor in ACTORS]
    groups.append(("two together", [each for each in tried if len(each.by) > 1]))
    for name, group in [*groups, ("all", tried)]:
        counts = [sum(each.stopped_by == way for each in group) for way in WAYS]
        yield f"| {name} | {' | '.join(str(each) for each in [*counts, len(group)])} |"


def _sections(tried: list[Scenario]) -> Iterator[str]:
    for actor in ACTORS:
        yield _section(f"The {actor}", [each for each in tried if each.by == (actor,)])
    yield _section("Two together", [each for each in tried if len(each.by) > 1])


def _section(title: str, group: list[Scenario]) -> str:
    return "\n".join([f"\n## {title}\n", *_table(group), ""])


def _table(group: Iterable[Scenario]) -> Iterator[str]:
    yield "| what is tried | what it would gain | what stops it |"
    yield "|---|---|---|"
    for each in group:
        stops = f"{WAYS[each.stopped_by]}: {_cell(each.clause)}"
        if each.stopped_by == "answered":
            stops = f"{each.says} ({_cell(each.clause)})"
        works = f" **Works: {each.works}**" if each.works else ""
        yield f"| {each.title} | {each.gains} | {stops}{works} |"


def _shown(group: Iterable[Scenario]) -> Iterator[str]:
    yield "| what is tried | what it would gain | what the record shows | where |"
    yield "|---|---|---|---|"
    for each in group:
        yield f"| {each.title} | {each.gains} | {each.says} | {_cell(each.clause)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
