"""A rulebook as a document: Markdown that a lawyer reads from top to bottom.

Every provision stands with its sentence, its citation and how sure the reading of its source is;
wherever sources disagree or are silent, that is said at the provision, and once more at the end.
"""

from collections.abc import Iterator

from holdshort.rulebook.condition import Condition
from holdshort.rulebook.expression import show
from holdshort.rulebook.model import (
    ActRule,
    Amount,
    CaseKind,
    Checklist,
    Clause,
    ComputeRules,
    Duty,
    Entering,
    Limit,
    Retention,
    Rulebook,
    Value,
)
from holdshort.rulebook.terms import WEEK

_SERVED = {
    "pass-to-deploy": "Weights are served only once they hold a clearance.",
    "court-only": "Weights are served unless a court bars them.",
    "order-only": "Weights are served unless the authority bars them.",
    "submission-only": "Weights are served once what is asked for was handed in.",
    "advice": "Weights are served on advice, or when the time for it is out.",
    "none": "This regime keeps no weights from being served.",
}


def render(book: Rulebook) -> str:
    """The whole book, every provision with its source and every conflict in sight."""
    return "\n".join(_Document(book).lines()) + "\n"


def when(duty: Duty) -> str:
    """The time of a duty in words: ``within 15 days of incident-discovered``."""
    start = duty.event or " or ".join(start.act for start in duty.starts)
    if duty.ahead is not None:
        return f"at least {duty.ahead} ahead of {start}" if duty.ahead.number else f"by {start}"
    if duty.keeps is not None:
        return f"for {duty.keeps} from {start}"
    within = f"within {duty.within} of {start}" if duty.within else f"from {start}, no time is set"
    every = f", then every {_every(duty.every)}" if duty.every else ""
    return within + every + (f", not before {duty.not_before}" if duty.not_before else "")


def _every(amount: Amount) -> str:
    return amount.unit.removesuffix("s") if amount.number == 1 else str(amount)


def formula(limit: Limit) -> str:
    """What a limit states, as prose around its formulas."""
    if limit.always:
        return f"Always: `{_one_line(limit.always)}`"
    if limit.enabled:
        return f"`{limit.enabled.act}` stays open while `{_one_line(limit.enabled.while_)}`"
    if limit.entering:
        return _entering(limit.entering)
    return "Equal facts make the same acts lawful, whoever the parties are."


def _entering(entering: Entering) -> str:
    parts = (
        f"only by {' or '.join(entering.by)}" if entering.by else "",
        f"stating {', '.join(entering.must_state).replace('_', ' ')}"
        if entering.must_state
        else "",
        "and it ends by itself" if entering.lapses else "",
    )
    return f"Into {' or '.join(entering.states)}: {', '.join(part for part in parts if part)}."


def _one_line(condition: Condition) -> str:
    return " ".join(condition.source.split())


def _kept(kept: Retention) -> str:
    """How long matter is kept, and what becomes of it then: ``as the duty keep-whole says``."""
    long = f"as the duty {kept.duty} says" if kept.duty else "for a time that is unknown"
    then = {"must": "must be destroyed", "may": "may be destroyed"}.get(kept.destroyed)
    return f"{long}; then it {then}" if then else f"{long}; what becomes of it then is unknown"


class _Document:
    """The document of one book."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield from self._coverage()
        yield from self._compute(self.book.coverage.compute)
        yield from self._areas()
        yield from self._duties()
        yield from self._clocks()
        for kind in self.book.cases.values():
            yield from self._case(kind)
        yield from self._checks()
        for checklist in self.book.checklists.values():
            yield from self._checklist(checklist)
        yield from self._gate()
        yield from self._limits()
        yield from self._penalties()
        yield from self._confidentiality()
        yield from self._open_questions()
        yield from self._sources()

    def cited(self, cite: str) -> str:
        """A citation, with the confidence of its source where that is not primary."""
        source = self.book.sources[cite.split(",", 1)[0].strip()]
        mark = "" if source.confidence == "primary" else f" · {source.confidence}"
        return f"[{cite}{mark}]"

    def source(self, clause: Clause) -> str:
        text = self.cited(clause.cite)
        if clause.conflict:
            text += f"\n  - **Sources disagree or are silent:** {clause.conflict}"
        return text

    def _head(self) -> Iterator[str]:
        book = self.book
        yield from (f"# {book.title}", "", f"{book.jurisdiction}.")
        for phase in book.phases:
            yield f"{phase.status.capitalize()} since {phase.since} {self.cited(phase.cite)}."
        yield from ("", f"Rulebook `{book.id}`, version {book.version}, SHA-256 `{book.digest}`.")
        yield ""
        yield "A citation names a source, listed at the end, and says how sure its reading is where"
        yield "the primary text was not read. *choice* marks what this book settles where sources"
        yield "are silent."

    def _coverage(self) -> Iterator[str]:
        coverage = self.book.coverage
        yield from ("", "## Who is covered", "")
        yield f"{coverage.clause.says} {self.cited(coverage.clause.cite)}"
        yield from ("", "```", _one_line(coverage.when), "```", "")
        if coverage.clause.conflict:
            yield f"- **Sources disagree or are silent:** {coverage.clause.conflict}"
        for each in coverage.classes.values():
            yield f"- **{each.id}**: {each.clause.says} {self.source(each.clause)}"
            yield f"  `{_one_line(each.when)}`"
        for value in self.book.values.values():
            yield from self._value(value)
        yield f"- Otherwise: {coverage.otherwise.says} {self.source(coverage.otherwise)}"
        yield from ("", "What the law reads:", "")
        for fact in self.book.facts.values():
            unit = f", {fact.unit}" if fact.unit else ""
            yield f"- `{fact.name}`{unit}, attested by {fact.attested_by}: {fact.says}"

    def _value(self, value: Value) -> Iterator[str]:
        for dated in value.history:
            number = f"{dated.value:,f}" if dated.value < 10**12 else show(dated.value)
            line = f"{value.name} = {number} {value.unit} from {dated.since}"
            yield f"- {value.says} `{line}` {self.cited(dated.cite)}"
            if dated.conflict:
                yield f"  - **Sources disagree or are silent:** {dated.conflict}"

    def _compute(self, rules: ComputeRules) -> Iterator[str]:
        yield from ("", "## What counts as training compute", "")
        yield f"{rules.clause.says} {self.source(rules.clause)}"
        yield ""
        for id_, total in rules.totals.items():
            yield f"- Total **{id_}**: {total.says} {self.source(total)}"
        for activity, counting in rules.counts.items():
            if counting.totals is None:
                yield f"- {activity}: unknown."
                continue
            counts = f"counts in {', '.join(counting.totals)}" if counting.totals else "not counted"
            yield f"- {activity}: {counts}. {counting.clause.says} {self.source(counting.clause)}"
        if rules.margin is not None and rules.margin_cite:
            margin = f"{(100 * rules.margin).normalize():f} %"
            yield f"- An estimate may be wrong by {margin}. {self.cited(rules.margin_cite)}"

    def _areas(self) -> Iterator[str]:
        yield from ("", "## The risk areas", "")
        for area in self.book.areas.values():
            yield f"- **{area.title}** (`{area.id}`). {area.clause.says} {self.source(area.clause)}"

    def _duties(self) -> Iterator[str]:
        duties = self.book.duties.values()
        yield from ("", "## Who owes what", "")
        for owner in dict.fromkeys(duty.owed_by for duty in duties):
            yield from (f"### {owner[:1].upper()}{owner[1:]}", "")
            yield from (self._duty(duty) for duty in duties if duty.owed_by == owner)
            yield ""
        if self.book.events:
            yield from ("### What starts them", "")
        for event in self.book.events.values():
            acts = ", ".join(
                f"`{start.act}`" + (f" at its `{start.field}`" if start.field else "")
                for start in event.recorded_by
            )
            clause = event.clause
            yield f"- **{event.id}**: {clause.says} Recorded by {acts}. {self.source(clause)}"

    def _duty(self, duty: Duty) -> str:
        whose = f" ({duty.of})" if duty.of else ""
        condition = f" If `{_one_line(duty.when)}`." if duty.when else ""
        cost = f" Left undone: {duty.consequence}." if duty.consequence else ""
        return (
            f"- **{duty.id}**{whose}, to {duty.owed_to}, {when(duty)}: {duty.clause.says}"
            f"{condition}{cost} {self.source(duty.clause)}"
        )

    def _clocks(self) -> Iterator[str]:
        clocks = self.book.clocks
        yield from ("", "## How time is counted", "")
        ends = f"Days are those of {clocks.zone} and end at {clocks.day_ends}."
        yield f"{ends} {self.cited(clocks.cite)}"
        yield ""
        for calendar in clocks.calendars.values():
            free = [WEEK[number].capitalize() for number in sorted(calendar.weekend)]
            off = ", ".join([*free, f"the holidays of {calendar.holidays}"])
            yield f"- `{calendar.id}`: business days are all but {off}."

    def _checks(self) -> Iterator[str]:
        if self.book.checks:
            yield from ("", "## What the record decides", "")
        for check in self.book.checks.values():
            yield f"- **{check.id}**: {check.clause.says} {self.source(check.clause)}"

    def _checklist(self, checklist: Checklist) -> Iterator[str]:
        clause = checklist.clause
        yield from ("", f"## {checklist.title}", "")
        yield f"Checklist `{checklist.id}`. {clause.says} {self.source(clause)}"
        yield from ("", "Each condition has one of these outcomes:", "")
        for outcome in checklist.outcomes.values():
            reasons = " It needs a justification." if outcome.justified else ""
            yield f"- **{outcome.id}**: {outcome.says}{reasons}"
        yield from ("", "The conditions:", "")
        for each in checklist.conditions.values():
            rank = "required" if each.required else "recommended"
            yield f"- **{each.id}** ({rank}): {each.clause.says} {self.source(each.clause)}"

    def _case(self, kind: CaseKind) -> Iterator[str]:
        yield from ("", f"## {kind.title}", "")
        about = f"It concerns a {kind.concerns}. " if kind.concerns else ""
        yield from (f"{about}States: {', '.join(kind.states)}.", "")
        for act in kind.acts.values():
            yield from self._act(act)

    def _act(self, act: ActRule) -> Iterator[str]:
        way = f"{' or '.join(act.origin)} → {act.to}" if act.to else f"in {' or '.join(act.origin)}"
        who = f", as {act.who}" if act.who else ""
        but = f", but not the {' or '.join(act.not_by)}" if act.not_by else ""
        yield f"- **{act.title}** (`{act.type}`), by {act.by}{who}{but}; {way}."
        yield f"  {act.clause.says} {self.source(act.clause)}"
        for requirement in act.requires:
            yield f"  - Only if: {requirement.clause.says} {self.source(requirement.clause)}"
        if act.must_state:
            yield f"  - Must state: {', '.join(act.must_state).replace('_', ' ')}."
        if act.about:
            yield f"  - About a party that is {' or '.join(act.about)}, and nobody else."
        if act.signed_with:
            keys = " and ".join(act.signed_with.keys)
            yield f"  - Signed with keys of the types {keys}. {self.cited(act.signed_with.cite)}"
        if act.expires:
            lapse = act.expires
            ends = f"Ends by itself after {lapse.within}: then {lapse.to}."
            yield f"  - {ends} {self.cited(lapse.cite)}"

    def _gate(self) -> Iterator[str]:
        gate = self.book.gate
        yield from ("", "## What a gate does", "")
        yield f"{_SERVED[gate.regime]} {gate.clause.says} {self.source(gate.clause)}"
        yield ""
        for kind, bars in gate.bars.items():
            for states, how in ((bars.provisional, "for the time being"), (bars.lasting, "")):
                if states:
                    yield f"- Barred{' ' if how else ''}{how}: {kind} {' or '.join(states)}."
        for kind, lines in gate.clearances.items():
            yield f"- The clearance of a {kind}:"
            for status, condition in lines:
                served = "served" if status in gate.serve else "refused"
                yield f"  - {status} ({served}) if `{_one_line(condition)}`"
            yield "  - otherwise invalid (refused)."
        yield f"- Undecided: {gate.undecided}."

    def _limits(self) -> Iterator[str]:
        if self.book.limits:
            yield from ("", "## What nobody may do", "")
        for limit in self.book.limits.values():
            required = f", the required limit on {limit.required}" if limit.required else ""
            clause = limit.clause
            yield f"- **{limit.id}** ({limit.kind}{required}): {clause.says} {self.source(clause)}"
            yield f"  {formula(limit)}"

    def _penalties(self) -> Iterator[str]:
        if self.book.penalties:
            yield from ("", "## Penalties", "")
        for penalty in self.book.penalties.values():
            amount = "unknown"
            if penalty.amount:
                amount = f"{penalty.bound} `{_one_line(penalty.amount)}` {penalty.unit}"
            clause = penalty.clause
            yield f"- **{penalty.id}**: {clause.says} Amount: {amount}. {self.source(clause)}"

    def _confidentiality(self) -> Iterator[str]:
        law = self.book.confidentiality
        yield from ("", "## What may be kept from the public", "")
        if law.clause is None:
            yield "Nothing: this book has no such section."
            return
        yield f"{law.clause.says} {self.source(law.clause)}"
        yield ""
        for ground in law.grounds.values():
            yield f"- Ground **{ground.id}**: {ground.clause.says} {self.source(ground.clause)}"
        for matter in law.matter.values():
            what = [f"`{name}`" for name in matter.fields]
            what += ["documents filed with it"] if matter.documents else []
            on = f" On the grounds: {', '.join(matter.grounds)}."
            yield f"- Of **{matter.act}**: {', '.join(what)}. {matter.clause.says}{on}"
            yield f"  {self.source(matter.clause)}"
        for public in law.public.values():
            yield f"- Of a **{public.kind}**: nothing. {public.clause.says}"
            yield f"  {self.source(public.clause)}"
        for kept in law.retention.values():
            yield f"- **{kept.id}**, kept {_kept(kept)}: {kept.clause.says}"
            yield f"  {self.source(kept.clause)}"

    def _open_questions(self) -> Iterator[str]:
        conflicts = list(dict.fromkeys(self._conflicts()))
        if conflicts:
            yield from ("", "## Where sources disagree or are silent", "")
        yield from (f"- {conflict}" for conflict in conflicts)

    def _conflicts(self) -> Iterator[str]:
        for where, clause in provisions(self.book):
            if clause.conflict:
                yield f"**{where}**: {clause.conflict}"
        for value in self.book.values.values():
            for dated in value.history:
                if dated.conflict:
                    yield f"**values.{value.name}**: {dated.conflict}"

    def _sources(self) -> Iterator[str]:
        yield from ("", "## Sources", "")
        for source in self.book.sources.values():
            note = f" {source.note}" if source.note else ""
            yield f"- `{source.id}` ({source.confidence}): {source.title}. <{source.url}>{note}"


def provisions(book: Rulebook) -> Iterator[tuple[str, Clause]]:
    """Every provision of a book and where it stands in it."""
    coverage = book.coverage
    yield "coverage", coverage.clause
    yield "coverage.otherwise", coverage.otherwise
    yield "coverage.compute_counts", coverage.compute.clause
    for total, clause in coverage.compute.totals.items():
        yield f"coverage.compute_counts.totals.{total}", clause
    for counting in coverage.compute.counts.values():
        if counting.totals is not None:
            yield f"coverage.compute_counts.counts.{counting.activity}", counting.clause
    for kind in book.cases.values():
        for act in kind.acts.values():
            yield f"cases.{kind.name}.{act.name}", act.clause
            for requirement in act.requires:
                yield f"cases.{kind.name}.{act.name}.requires", requirement.clause
    yield "gate", book.gate.clause
    if book.confidentiality.clause:
        yield "confidentiality", book.confidentiality.clause
    for checklist in book.checklists.values():
        yield f"checklists.{checklist.id}", checklist.clause
        for condition in checklist.conditions.values():
            yield f"checklists.{checklist.id}.{condition.id}", condition.clause
    for section, parts in (
        ("coverage.classes", coverage.classes),
        ("areas", book.areas),
        ("events", book.events),
        ("duties", book.duties),
        ("checks", book.checks),
        ("limits", book.limits),
        ("penalties", book.penalties),
        ("confidentiality.grounds", book.confidentiality.grounds),
        ("confidentiality.matter", book.confidentiality.matter),
        ("confidentiality.retention", book.confidentiality.retention),
        ("confidentiality.public", book.confidentiality.public),
    ):
        for id_, part in parts.items():
            yield f"{section}.{id_}", part.clause
