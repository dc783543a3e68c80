"""Every draw of a register, drawn again by a stranger from the entries alone.

The register is replayed; beside it each draw is put together anew: what was committed to, the root
of the log as its own entries give it, the pool with the tickets of each rating, the checkpoint and
who cosigned it, the values, the seed, every ticket, the winner. What the act of assignment states
is held against that. Nothing that the register says of its draws is taken for true.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from holdshort.docket.docket import Docket
from holdshort.docket.drawing import fixed_root, pool, settled, witnessed
from holdshort.docket.law import Texts, no_texts
from holdshort.docket.lots import Draw, commitment, draw
from holdshort.docket.ratings import rated
from holdshort.docket.state import Case
from holdshort.errors import HoldshortError
from holdshort.register.checkpoint import parse_checkpoint
from holdshort.register.entry import Entry
from holdshort.register.merkle import Tree
from holdshort.register.note import Note
from holdshort.rulebook.model import Rulebook


@dataclass(frozen=True)
class Candidate:
    """One in the pool: its class when the pool was settled, and its tickets."""

    party: str
    rating: str | None
    tickets: int


@dataclass(frozen=True)
class Point:
    """One thing that was checked of a draw."""

    name: str
    ok: bool
    detail: str


@dataclass
class Redraw:
    """One draw of a case; ``number`` counts them, for what is voided is drawn again."""

    case: str
    number: int
    commitments: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By side: the entry and the commitment."""
    size: int | None = None
    root: str | None = None
    candidates: tuple[Candidate, ...] = ()
    witnessed: int | None = None
    checkpoint_size: int | None = None
    cosigned_by: dict[str, int] = field(default_factory=dict)
    values: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By side: the entry and the value revealed."""
    drawn: Draw | None = None
    assigned: tuple[int, str] | None = None
    """Entry and assessor."""
    voided: tuple[int, str] | None = None
    """Entry and act."""
    points: list[Point] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything that was checked holds."""
        return all(point.ok for point in self.points)

    @property
    def standing(self) -> str:
        """Where the draw stands, in a few words."""
        if self.voided:
            return f"voided by {self.voided[1]} (entry {self.voided[0]})"
        if self.assigned:
            return f"{self.assigned[1]} is assigned (entry {self.assigned[0]})"
        if self.size is None:
            return "waits for both commitments"
        if self.witnessed is None:
            return "waits to be witnessed"
        for side in ("authority", "developer"):
            if side not in self.values:
                return f"waits for the {side} to reveal"
        return "waits for the assignment"

    def check(self, name: str, ok: bool, detail: str) -> None:
        """Note one thing that was checked."""
        self.points.append(Point(name, ok, detail))


@dataclass(frozen=True)
class Redrawn:
    """All draws, and the first entry that is not lawful or not signed; what follows is not read."""

    draws: tuple[Redraw, ...]
    entries: int
    fault: str | None

    @property
    def ok(self) -> bool:
        """Whether every draw holds and every entry was lawful."""
        return self.fault is None and all(each.ok for each in self.draws)


def redraw(entries: Iterable[Entry], book: Rulebook, texts: Texts = no_texts) -> Redrawn:
    """Draw every draw again, in the order in which they were begun."""
    again = _Again(Docket(book, texts))
    for entry in entries:
        try:
            again.take(entry)
        except HoldshortError as error:
            again.missed(entry)
            return Redrawn(
                tuple(again.draws), again.docket.size, f"entry {entry.index}: {error.what}"
            )
    return Redrawn(tuple(again.draws), again.docket.size, None)


class _Again:
    """The replay, and beside it the draws."""

    def __init__(self, docket: Docket) -> None:
        self.docket = docket
        self.tree = Tree()
        self.draws: list[Redraw] = []
        self._open: dict[str, Redraw] = {}

    def take(self, entry: Entry) -> None:
        """Admit an entry; HoldshortError if it does not hold."""
        docket, id_ = self.docket, entry.act.case
        docket.admit(entry)
        self.tree.append(entry.leaf_hash)
        case = docket.cases[id_]
        rule = docket.law_of(case, entry.act.at).cases[case.kind].acts[entry.act.name]
        if rule.effect == "commit" and "protocol" not in rule.fields:
            self._committed(self._of(case), case, entry)
        elif rule.effect == "witness-draw":
            self._witnessed(self._of(case), case, entry)
        elif rule.effect == "reveal":
            self._revealed(self._of(case), entry)
        elif rule.effect == "void-draw":
            self._of(case).voided = entry.index, rule.title
            del self._open[id_]
        elif "draw" in rule.fields and id_ in self._open:
            self._assigned(self._open[id_], entry)

    def missed(self, entry: Entry) -> None:
        """An entry was refused: if it states a draw, say what the draw really gives."""
        found = self._open.get(entry.act.case)
        if found and "draw" in entry.act.fields:
            self._assigned(found, entry)

    def _of(self, case: Case) -> Redraw:
        if case.id not in self._open:
            number = sum(each.case == case.id for each in self.draws) + 1
            self._open[case.id] = Redraw(case.id, number)
            self.draws.append(self._open[case.id])
        return self._open[case.id]

    def _side(self, entry: Entry) -> str:
        return self.docket.parties[entry.act.by].role.split(".")[0]

    def _committed(self, found: Redraw, case: Case, entry: Entry) -> None:
        found.commitments[self._side(entry)] = entry.index, str(entry.act.fields["commitment"])
        fixed = fixed_root(case)
        if fixed is None:
            return
        size, root = entry.index + 1, self.tree.root()
        found.size, found.root = size, root.hex()
        same = fixed == (size, root)
        found.check("root", same, f"the entries up to entry {entry.index} hash to {root.hex()}")
        now = entry.act.at
        tickets = pool(self.docket, case, now)
        found.candidates = tuple(
            Candidate(party, rated(self.docket, party, now), number)
            for party, number in tickets.items()
        )
        said = ", ".join(f"{each.party} {each.tickets}" for each in found.candidates)
        found.check("pool", settled(case) == tickets, said)

    def _witnessed(self, found: Redraw, case: Case, entry: Entry) -> None:
        said = entry.act.fields
        found.witnessed = entry.index
        shown = parse_checkpoint(Note.parse(str(said["checkpoint"]).encode()).text)
        found.checkpoint_size = shown.size
        try:
            by = witnessed(self.docket, case, said["checkpoint"], said["consistency"]).cosigned_by
            found.cosigned_by = dict(by)
            who = ", ".join(by) or "nobody: the register's policy asks for no witness"
            found.check("checkpoint", True, f"{shown.size} entries, signed; cosigned by {who}")
        except HoldshortError as error:
            found.check("checkpoint", False, error.what)
        own = shown.size <= len(self.tree) and self.tree.root(shown.size) == shown.root
        says = "is" if own else "is not"
        found.check("log", own, f"its root {says} that of the first {shown.size} entries here")

    def _revealed(self, found: Redraw, entry: Entry) -> None:
        side, value = self._side(entry), str(entry.act.fields["value"])
        found.values[side] = entry.index, value
        committed = found.commitments.get(side)
        opens = committed is not None and commitment(bytes.fromhex(value)) == committed[1]
        found.check(f"{side}'s value", opens, f"{value} opens its commitment: {opens}")
        if found.witnessed is None or (side == "developer" and "authority" not in found.values):
            found.check(f"{side}'s turn", False, "it was revealed before its turn")
        if {"developer", "authority"} <= found.values.keys() and found.size and found.root:
            found.drawn = draw(
                bytes.fromhex(found.values["developer"][1]),
                bytes.fromhex(found.values["authority"][1]),
                found.size,
                bytes.fromhex(found.root),
                {each.party: each.tickets for each in found.candidates},
            )

    def _assigned(self, found: Redraw, entry: Entry) -> None:
        named = str(entry.act.fields.get("assessor"))
        found.assigned = entry.index, named
        drawn = found.drawn
        if drawn is None:
            found.check("winner", False, f"{named} was assigned before there was a draw")
            return
        same = named == drawn.winner
        says = f"{drawn.winner} holds the lowest ticket" + ("" if same else f", not {named}")
        found.check("winner", same, says)
        stated = entry.act.fields.get("draw") == drawn.to_json()
        found.check("stated", stated, "the act states this very draw" if stated else "it differs")


def failures(found: Redrawn) -> Iterator[str]:
    """What does not hold, a line each."""
    for each in found.draws:
        for point in each.points:
            if not point.ok:
                yield f"{each.case}, draw {each.number}: {point.name}: {point.detail}"
    if found.fault:
        yield found.fault
