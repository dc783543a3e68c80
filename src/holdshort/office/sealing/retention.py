"""How long sealed matter is kept, and by whom: what the rulebook says, counted on the record.

A rule of retention of the book names the acts whose matter it is about and the duty to keep it; the
docket counts that duty like any other. Where the act itself starts the duty, its own count holds,
else every count in the cases of the same model: matter is kept until the last of them is over.
"""

from dataclasses import dataclass

from holdshort.docket.clocks import stamp
from holdshort.docket.docket import Docket
from holdshort.docket.duties import Owed
from holdshort.docket.state import Case
from holdshort.register.entry import Entry
from holdshort.rulebook.model import Duty, Retention


@dataclass(frozen=True)
class Kept:
    """One rule of retention, applied to one entry.

    ``status`` is one of

    - running: it is kept until ``until``;
    - waiting: the time has not begun, for what starts it is not on the record yet;
    - over: it need not be kept any longer, since ``until``;
    - unknown: the source sets no time.
    """

    retention: Retention
    duty: Duty | None
    status: str
    until: str | None
    derivation: str

    def binds(self, role: str) -> bool:
        """Whether it is a party of ``role`` that has to keep it."""
        owner = self.duty.owed_by if self.duty else ""
        return bool(owner) and (role == owner or role.startswith(f"{owner}."))

    @property
    def stands_against_destroying(self) -> bool:
        """Whether whoever it binds may not destroy the matter yet."""
        return self.status in ("running", "waiting")

    @property
    def cite(self) -> str:
        """Where the rule comes from."""
        return self.retention.clause.cite

    @property
    def says(self) -> str:
        """In words, without the citation."""
        kept = {
            "running": f"Kept until {self.until}: {self.derivation}",
            "waiting": f"Kept; its time begins with {self._start}, which is not on the record yet.",
            "over": f"Need not be kept since {self.until}: {self.derivation}",
            "unknown": "The source sets no time.",
        }[self.status]
        then = {
            "must": " It must be destroyed then.",
            "may": " It may be destroyed then.",
            "unknown": " Whether it is destroyed then, the source does not say.",
        }[self.retention.destroyed]
        then = "" if self.status == "unknown" else then
        return f"{self.retention.clause.says} {kept.rstrip('.')}.{then}"

    def __str__(self) -> str:
        return f"{self.says} [{self.cite}]"

    @property
    def _start(self) -> str:
        if self.duty is None:
            return ""
        return self.duty.event or " or ".join(start.act for start in self.duty.starts)


def retentions(docket: Docket, entry: Entry, now: str) -> list[Kept]:
    """Every rule of retention that is about an entry, as it stands at ``now``."""
    case = docket.cases[entry.act.case]
    book = docket.law_of(case, now)
    owed = docket.duties(now)
    found = []
    for rule in book.confidentiality.retention.values():
        if entry.act.type not in rule.acts:
            continue
        if rule.duty is None:
            found.append(Kept(rule, None, "unknown", None, ""))
            continue
        counts = _counts(docket, case, entry, [each for each in owed if each.duty.id == rule.duty])
        found.append(_kept(rule, book.duties[rule.duty], counts))
    return found


def _kept(rule: Retention, duty: Duty, counts: list[Owed]) -> Kept:
    ends = [each.due for each in counts if each.due]
    if not ends:
        return Kept(rule, duty, "waiting", None, "")
    last = max(ends, key=lambda due: due.at)
    running = any(each.status == "running" for each in counts)
    status = "running" if running else "over"
    return Kept(rule, duty, status, stamp(last.at), last.derivation)


def _counts(docket: Docket, case: Case, entry: Entry, owed: list[Owed]) -> list[Owed]:
    """The counts of the duty that are about this entry."""
    step = next((step for step in case.steps if step.index == entry.index), None)
    begun = {step.at, *step.instants.values()} if step else set()
    starts = {start.act for duty in owed for start in duty.duty.starts}
    if entry.act.type in starts:
        return [each for each in owed if each.case == case.id and each.started in begun]
    model = _root(docket, case)
    return [each for each in owed if _root(docket, docket.cases[each.case]) == model]


def _root(docket: Docket, case: Case) -> str:
    """The case that this one, and others with it, are about in the end."""
    while case.concerns and case.concerns in docket.cases:
        case = docket.cases[case.concerns]
    return case.id
