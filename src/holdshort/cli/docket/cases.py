"""Where cases stand, and what may be done next, for a person or a program."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdshort.cli.docket.particulars import particulars_json, show_particulars
from holdshort.cli.options import on
from holdshort.cli.output import emit, next_step, say, table
from holdshort.errors import BadInput

if TYPE_CHECKING:
    from holdshort.docket.comparables import Comparable
    from holdshort.docket.docket import Docket, Option
    from holdshort.docket.state import Case
    from holdshort.register.charter import Party


def show(case: str | None, party: str | None, data: Path, as_json: bool) -> None:
    """List all cases, or show one."""
    from holdshort.docket.clocks import stamp
    from holdshort.office.door import Office

    docket = Office.open(data).docket
    now = max(stamp(datetime.now(UTC)), docket.last_at)
    if party is not None and party not in docket.parties:
        raise BadInput(
            f"There is no party {party!r}.", do=f"Enrolled: {', '.join(docket.parties)}."
        )
    if case is None and party is not None:
        _may_do(docket, docket.parties[party], now, data, as_json)
        return
    if case is None:
        _list(docket, now, data, as_json)
        return
    if case not in docket.cases:
        known = ", ".join(docket.cases)
        raise BadInput(f"There is no case {case!r}.", do=f"Cases: {known}.")
    _show(docket, docket.cases[case], party, now, as_json)


def _may_do(docket: "Docket", party: "Party", now: str, data: Path, as_json: bool) -> None:
    rows = [
        (option.rule.type, case.id, option.rule.title, option.rule.clause.cite)
        for case in docket.cases.values()
        for option in docket.options(case, party, now)
        if option.open and not party.suspended
    ]
    rows += [
        (rule.type, "a new case", rule.title, rule.clause.cite)
        for kind in docket.book.cases.values()
        for rule in kind.acts.values()
        if rule.origin == ("none",) and rule.effect != "charter"
        if rule.permits(party.role) and not party.suspended
    ]
    if as_json:
        names = ("act", "case", "title", "cite")
        emit([dict(zip(names, row, strict=True)) for row in rows])
        return
    if not rows:
        say(f"{party.id} ({party.role}) may do nothing now.")
        return
    table(("may be done now", "in", "what", "source"), rows)
    next_step(
        f"holdshort file ACT --case CASE --as {party.id} --set NAME=VALUE{on(data)}", "to do it"
    )


def _list(docket: "Docket", now: str, data: Path, as_json: bool) -> None:
    if docket.charter.rehearsal and not as_json:
        say("This register is a rehearsal: one person played all parties.\n")
    if as_json:
        emit(
            {
                "register": docket.charter.origin,
                "charter": docket.charter.leaf_hash,
                "rehearsal": docket.charter.rehearsal,
                "cases": [
                    {"case": each.id, "kind": each.kind, "state": docket.state(each, now)}
                    for each in docket.cases.values()
                ],
            }
        )
        return
    table(
        ("case", "kind", "state", "last act"),
        [
            (
                each.id,
                each.kind,
                docket.state(each, now),
                f"{each.steps[-1].act} by {each.steps[-1].by}, {each.steps[-1].at}",
            )
            for each in docket.cases.values()
        ],
    )
    next_step(f"holdshort docket CASE{on(data)}", "for one case")


def _show(docket: "Docket", case: "Case", party: str | None, now: str, as_json: bool) -> None:
    options = [
        (each, option)
        for each in docket.parties.values()
        if not each.suspended and party in (None, each.id)
        for option in docket.options(case, each, now)
    ]
    if as_json:
        emit(_json(docket, case, options, now))
        return
    kind = docket.law_of(case, now).cases[case.kind]
    say(f"{case.id}: {kind.title}. State: {docket.state(case, now)}.")
    if case.lapse and now < case.lapse.at:
        say(f"Ends by itself at {case.lapse.at}: {case.lapse.derivation}.")
    law = docket.law_of(case, now)
    say(f"Opened {case.opened_at}; {law.id} {law.version} as of {case.basis} applies.")
    for name, fact in case.facts.items():
        say(f"  {name}: {_plain(fact)}")
    say()
    table(
        ("entry", "when", "act", "by", "state"),
        [(str(s.index), s.at, s.act, s.by, f"{s.origin} → {s.to}") for s in case.steps],
    )
    _contacts(docket, case)
    show_particulars(docket, case, now)
    say()
    if not options:
        say("Nobody may do anything in this case now.")
        return
    table(
        ("may be done now", "by", "if"),
        [
            (
                option.rule.type,
                each.id,
                f"open [{option.rule.clause.cite}]"
                if option.open
                else f"no: {option.objections[0]}",
            )
            for each, option in options
        ],
    )
    _comparables(docket, case, [option for _, option in options if option.open], now)


def _contacts(docket: "Docket", case: "Case") -> None:
    """Who was in touch about the case from outside."""
    from holdshort.docket.contacts import contacts

    for contact in contacts(docket, case):
        recorded = contact.steps[0]
        received = recorded.instants.get("received_at", recorded.at)
        say(
            f"Contact by an outsider {received}, by {_plain(contact.facts.get('channel', '?'))}, "
            f"who asked: {_plain(contact.facts.get('asked', '?'))}. Recorded by {recorded.by} as "
            f"{contact.id}, entry {recorded.index}."
        )


def _comparables(docket: "Docket", case: "Case", options: list["Option"], now: str) -> None:
    """What was chosen earlier where somebody has a choice now."""
    found = beside(docket, case, options, now)
    if not found:
        return
    say()
    table(
        ("comparable case", "what was done", "by", "alike", "took", "ends by itself"),
        [
            (
                each.case,
                f"{each.choice.act} (entry {each.choice.entry})",
                each.choice.office,
                "in every fact" if each.exact else f"but for {', '.join(each.differs)}",
                str(each.took),
                each.lapse.at if each.lapse else "no",
            )
            for each in found
        ],
    )


def beside(docket: "Docket", case: "Case", options: list["Option"], now: str) -> list["Comparable"]:
    """The comparables of a case, if an office may do anything in it now."""
    from holdshort.docket.choices import roles_of_offices
    from holdshort.docket.comparables import comparables

    deciding = roles_of_offices(docket, docket.law_of(case, now))
    if not any(option.rule.permits(role) for option in options for role in deciding):
        return []
    return comparables(docket, case, now)


def _plain(fact: object) -> str:
    if isinstance(fact, dict):
        return ", ".join(f"{key} {value}" for key, value in fact.items())
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return ", ".join(fact) if isinstance(fact, list | tuple) else str(fact)


def _json(docket: "Docket", case: "Case", options: list[Any], now: str) -> dict[str, Any]:
    from holdshort.docket.contacts import contacts

    return {
        "case": case.id,
        "kind": case.kind,
        "state": docket.state(case, now),
        "basis": str(case.basis),
        "facts": case.facts,
        "bound": case.bound,
        "concerns": case.concerns,
        "steps": [vars(step) for step in case.steps],
        "contacts": [each.id for each in contacts(docket, case)],
        **particulars_json(docket, case, now),
        "comparables": [
            {
                "case": each.case,
                "act": each.choice.act,
                "entry": each.choice.entry,
                "at": each.choice.at,
                "exact": each.exact,
                "differs": list(each.differs),
                "took_seconds": int(each.took.total_seconds()),
                "scope": each.scope,
                "ends": each.lapse.at if each.lapse else None,
            }
            for each in beside(docket, case, [option for _, option in options if option.open], now)
        ],
        "options": [
            {
                "act": option.rule.type,
                "by": each.id,
                "open": option.open,
                "cite": option.rule.clause.cite,
                "objections": [str(objection) for objection in option.objections],
            }
            for each, option in options
        ],
    }
