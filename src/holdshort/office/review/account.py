"""The account of a review: what the record says, laid out for the report."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from holdshort.assess.account import account_of
from holdshort.assess.ledger import LEDGER, area_folder
from holdshort.assess.ordered import OrderedLedger
from holdshort.assess.protocol import AreaPlan, Protocol
from holdshort.docket.attested import coverage_reasons
from holdshort.docket.clocks import stamp
from holdshort.docket.state import Case
from holdshort.office.door import Office
from holdshort.office.review.review import Outcome
from holdshort.register.canonical import Json
from holdshort.register.entry import Entry
from holdshort.report.document import (
    ActRow,
    ClauseRow,
    CoverageView,
    FindingRow,
    ReviewReport,
)
from holdshort.rulebook.expression import names, show
from holdshort.rulebook.model import Clause, DatedValue, Rulebook

LIMITS = (
    "First suites, a few item families an area: ability in one turn, without tools or time.",
    "Ability only: what a model tends to do, and how well its safeguards hold, is not measured.",
    "Nobody tried to elicit more than the plain prompt does, nor looked for sandbagging.",
    "The findings follow from the answers. That these weights gave them, the assessor signs for.",
)
REHEARSAL_LIMIT = "A rehearsal: one person played every party, so nothing here is independent."


def account(outcome: Outcome) -> ReviewReport:
    """The report of a review, from the register and the assessment's ledger."""
    office, case = outcome.office, outcome.case
    docket, book = office.docket, case.book
    entries = [entry for entry in office.entries() if _belongs(entry, case, office)]
    charter = docket.charter
    manifest = outcome.manifest
    return ReviewReport(
        rehearsal=charter.rehearsal,
        model=str(case.memory["model"]),
        model_digest=manifest.digest if manifest else None,
        weights_files=tuple(
            (each.path, str(each.size), _chunks(each.chunks))
            for each in (manifest.files if manifest else ())
        ),
        rulebook_title=f"{book.title} ({book.id} {book.version}, {book.standing(case.basis)})",
        rulebook_digest=book.digest,
        register_origin=charter.origin,
        checkpoint_size=docket.size,
        checkpoint_root=docket.frontier.root().hex(),
        state=STATES.get(outcome.state, outcome.state),
        summary=tuple(_summary(outcome)),
        coverage=_coverage(office, case),
        findings=tuple(_findings(office, case)),
        acts=tuple(_act(office, entry) for entry in entries),
        clauses=tuple(_clauses(book, entries)),
        draw=tuple(_draw(office, case)),
        commands=tuple(further_commands(outcome)),
        generated_at=stamp(datetime.now(UTC)),
        limits=(REHEARSAL_LIMIT, *LIMITS) if charter.rehearsal else LIMITS,
    )


STATES = {"conditional": "cleared with conditions"}


def summary_lines(outcome: Outcome) -> list[str]:
    """The review in a few sentences, for the terminal and the top of the report."""
    return list(_summary(outcome))


def _belongs(entry: Entry, case: Case, office: Office) -> bool:
    """Acts of the case, and those that made it possible."""
    if entry.act.case == case.id or entry.act.case in case.concerned_by:
        return True
    if entry.act.kind in ("accreditation", "proficiency"):
        return True
    if entry.act.type in ("register.charter", "register.enrol"):
        return True
    issued = case.done("issue-clearance")
    return issued is not None and entry.index > issued.index and entry.act.name == "snapshot"


def _summary(outcome: Outcome) -> Iterator[str]:
    case = outcome.case
    book = case.book
    coverage = str(case.facts["coverage"])
    compute = _training_compute(case)
    yield f"{case.memory['model']} is {STATES.get(outcome.state, outcome.state)}."
    threshold = _compute_threshold(book, case)
    if compute and threshold:
        yield (
            f"Its training took about {compute} FLOP against a threshold of "
            f"{show(threshold.value)} [{threshold.cite}]: {coverage}."
        )
    else:
        yield f"Its training compute is not known: coverage is {coverage}."
    otherwise = book.coverage.otherwise.cite
    if coverage == "not covered":
        yield f"The review was voluntary: the law did not ask for it [{otherwise}]."
    elif coverage == "indeterminate":
        yield f"Whether the law asks for it cannot be told; it is voluntary so far [{otherwise}]."
    for area, found in _found(case).items():
        yield (
            f"{book.areas[area].title}: {found['outcome']}, rate {found['estimate']} "
            f"[{found['low']}, {found['high']}] on {found['items']} items, "
            f"threshold {found['threshold']} ± {found['zone']}."
        )


def _compute_threshold(book: Rulebook, case: Case) -> DatedValue | None:
    """The line in FLOP that the coverage clause draws, as in force for the case."""
    read = names(book.coverage.when.tree)
    lines = [value for value in book.values.values() if f"value.{value.name}" in read]
    return next((value.on(case.basis) for value in lines if value.unit == "FLOP"), None)


def _training_compute(case: Case) -> str | None:
    facts = case.memory.get("facts")
    value = facts.get("model.training_compute") if isinstance(facts, dict) else None
    return show(Decimal(str(value))) if value is not None else None


def _found(case: Case) -> dict[str, Mapping[str, Json]]:
    found = case.memory.get("findings")
    rows = found.items() if isinstance(found, dict) else ()
    return {
        area: statistics
        for area, item in rows
        if isinstance(item, dict) and isinstance(statistics := item["statistics"], dict)
    }


def _coverage(office: Office, case: Case) -> CoverageView:
    decision = str(case.facts["coverage"])
    threshold = _compute_threshold(case.book, case)
    declared = case.done("declare")
    facts = next(
        entry.act.fields["facts"]
        for entry in office.entries()
        if declared and entry.index == declared.index
    )
    return CoverageView(
        decision="covered"
        if decision == "covered"
        else "not covered"
        if decision == "not covered"
        else "indeterminate",
        basis="mandatory" if decision == "covered" else "voluntary",
        compute=_training_compute(case) or "",
        threshold=show(threshold.value) if threshold else "",
        reasons=tuple(coverage_reasons(case)),
        methods=tuple(_methods(facts)),
    )


def _methods(facts: Json) -> Iterator[tuple[str, str, str]]:
    took = facts.get("estimate") if isinstance(facts, dict) else None
    methods = took.get("methods") if isinstance(took, dict) else None
    for method in methods if isinstance(methods, list) else ():
        if isinstance(method, dict):
            flop = show(Decimal(str(method["flop"])))
            yield str(method["method"]), flop, str(method["derivation"])


def _findings(office: Office, case: Case) -> Iterator[FindingRow]:
    locked = case.memory.get("protocol")
    if not isinstance(locked, dict):
        return
    protocol = Protocol.from_fields(locked, "protocol")
    locks = ("lock-protocol", "change-protocol")
    number = sum(step.act in locks for step in case.steps)
    folder = office.place.assessment(case.id) / str(number)
    for area, found in _found(case).items():
        plan = protocol.plan(area)
        yield FindingRow(
            area=area,
            label=case.book.areas[area].title,
            outcome=str(found["outcome"]),
            estimate=str(found["estimate"]),
            low=str(found["low"]),
            high=str(found["high"]),
            items=int(str(found["items"])),
            successes=int(str(found["successes"])),
            max_items=plan.max_items,
            threshold=str(found["threshold"]),
            zone=str(found["zone"]),
            error_rate=str(found["error_rate"]),
            e_below=str(found["e_below"]),
            e_above=str(found["e_above"]),
            path=_path(plan, area_folder(folder, area)),
        )


def _path(plan: AreaPlan, folder: Path) -> tuple[tuple[int, str, str], ...]:
    """How the evidence grew, item by item, as far as the test counted."""
    ledger = folder / LEDGER
    return tuple(account_of(plan, OrderedLedger(ledger)).evidence) if ledger.exists() else ()


def _chunks(chunks: tuple[str, ...]) -> str:
    return chunks[0] if len(chunks) == 1 else f"{len(chunks)} chunks, each with its digest"


def _act(office: Office, entry: Entry) -> ActRow:
    book = office.docket.law.named(entry.act.rulebook)
    rule = book.act(entry.act.type)
    party = office.docket.parties[entry.act.by]
    return ActRow(
        index=entry.index,
        at=entry.act.at,
        party=party.id,
        role=party.role,
        act=rule.title,
        says=rule.clause.says,
        clause=rule.clause.cite,
        clause_title=book.sources[rule.clause.source_id].title,
        leaf_hash=entry.leaf_hash.hex(),
    )


def _clauses(book: Rulebook, entries: list[Entry]) -> Iterator[ClauseRow]:
    """Every clause that the acts stand on, once, in the order of use."""
    seen: set[str] = set()
    clauses: list[Clause] = [book.coverage.clause]
    for entry in entries:
        rule = book.act(entry.act.type)
        clauses += [rule.clause, *(requirement.clause for requirement in rule.requires)]
    for clause in clauses:
        if clause.says in seen:
            continue
        seen.add(clause.says)
        source = book.sources[clause.source_id]
        yield ClauseRow(clause.cite, clause.says, source.url, source.confidence, clause.conflict)


def _draw(office: Office, case: Case) -> Iterator[tuple[str, str, str]]:
    assigned = case.done("assign")
    if assigned is None:
        return
    act = next(entry.act for entry in office.entries() if entry.index == assigned.index)
    drawn = act.fields["draw"]
    tickets = drawn.get("tickets") if isinstance(drawn, dict) else None
    listed = set()
    for row in tickets if isinstance(tickets, list) else ():
        if isinstance(row, dict):
            party = str(row["party"])
            listed.add(party)
            status = "drawn" if party == act.fields["assessor"] else "not drawn"
            yield party, status, str(row["ticket"])
    interests = case.memory.get("interests")
    for party in interests if isinstance(interests, dict) else ():
        if party not in listed:
            yield party, "left out: declared a conflict", ""


def further_commands(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Commands that look further, and what each is for."""
    data = outcome.office.place.root
    case = outcome.case.id
    yield f"holdshort verify {data}", "replay the whole register as a stranger would"
    yield f"holdshort docket {case} --data {data}", "the case, and what may be done in it now"
    yield f"holdshort duties --data {data}", "what is owed, by whom, until when"
    yield f"holdshort rulebook show {outcome.case.book.id}", "the law that was applied"
    if outcome.subject.weights:
        flag = " --allow-rehearsal" if outcome.office.docket.charter.rehearsal else ""
        weights = outcome.subject.weights
        yield f"holdshort gate check {weights} --register {data}{flag}", "ask the gate again"
