"""The docket replays stories: to the same end where they are true, and says where they are not.

The stories are written by hand here, as a prover would find them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from holdshort.docket.stories import Replay, replay
from holdshort.errors import BadInput
from holdshort.rulebook.load import read_rulebook
from holdshort.rulebook.model import Rulebook
from holdshort.rulebook.proof.story import CONCERNED, SUBJECT, Deed, Standing, Story

Amend = Callable[..., Rulebook]

DAY = date(2026, 11, 23)

BOOK = """
rulebook: small
title: A small book
version: "1"
jurisdiction: nowhere
status: [{is: proposal, since: 2026-01-01, cite: house}]
sources: {house: {title: House, url: "https://holdshort.dev", confidence: choice}}
time: {zone: America/New_York, day_ends: "23:59:59", calendars: {}, cite: house}
roles:
  authority.registrar: {says: Registrar.}
  authority.officer: {says: Officer.}
  court: {says: Court.}
  developer: {says: Developer.}
areas:
  east: {title: East, says: East., cite: house}
  west: {title: West, says: West., cite: house}
facts: {model.size: {type: number, unit: FLOP, attested_by: developer, says: Size.}}
values:
  most:
    unit: "1"
    says: The most.
    history:
      - {from: 2026-01-01, value: 1, cite: house}
      - {from: 2026-12-01, value: 3, cite: house}
coverage:
  when: model.size > value.most
  compute_counts:
    totals: {all: {says: All., cite: house}}
    counts: COUNTS
    margin: unknown
    says: All.
    cite: house
  otherwise: {says: None., cite: house}
  says: Size.
  cite: house
events:
  seen: {recorded_by: {measure.see: at}, says: Seen., cite: house}
duties:
  answer:
    owed_by: developer
    owed_to: the court
    starts: measure.notify
    met_by: measure.answer
    within: {amount: 5, unit: days}
    says: Answer.
    cite: house
  report:
    owed_by: developer
    owed_to: the court
    starts: measure.open
    met_by: [measure.report, measure.close]
    within: {amount: 7, unit: days}
    says: Report.
    cite: house
  reply:
    owed_by: developer
    owed_to: the court
    starts: seen
    met_by: measure.see
    within: {amount: 5, unit: days}
    says: Reply.
    cite: house
checks:
  sworn: {says: It is sworn., cite: house}
cases:
  register:
    title: The register
    states: [open]
    acts:
      charter:
        title: Open
        by: authority.registrar
        from: none
        to: open
        effect: charter
        fields:
          title: {type: text, says: Name.}
          rehearsal: {type: bool, says: Rehearsal.}
          rulebook: {type: object, says: Law.}
          status_minutes: {type: integer, says: Minutes.}
          witness_policy: {type: text, says: Witnesses.}
          root: {type: object, says: Root.}
          registrar: {type: object, says: Registrar.}
          log_key: {type: object, says: Key.}
        says: Opened.
        cite: house
      enrol:
        title: Enrol
        by: authority.registrar
        from: open
        effect: enrol
        fields:
          party: {type: identifier, says: Id.}
          name: {type: text, says: Name.}
          role: {type: role, says: Role.}
          keys: {type: list, says: Keys.}
        says: Enrolled.
        cite: house
  matter:
    title: A matter
    states: [open]
    facts:
      found: {type: one_of, per: area, values: [none, good, bad], default: none, says: Found.}
      size: {type: decimal, says: Size.}
    acts:
      open:
        title: Open
        by: developer
        from: none
        to: open
        binds: holder
        fields: {size: {type: decimal, unit: FLOP, says: Size.}}
        sets: {size: act.size}
        says: Opened.
        cite: house
      find:
        title: Find
        by: authority
        from: open
        not_by: [holder]
        fields:
          area: {type: area, says: Where.}
          outcome: {type: one_of, values: [good, bad], says: What.}
        requires: [{if: check.sworn}]
        sets: {"found[act.area]": act.outcome}
        says: Found.
        cite: house
  measure:
    title: A measure
    concerns: matter
    states: [opened, notified, held, ended]
    facts:
      notified: {type: bool, default: false, says: Notified.}
      urgent: {type: bool, says: Urgent.}
      asked: {type: integer, default: 0, says: Asked.}
    acts:
      open:
        title: Open
        by: authority.officer
        from: none
        to: opened
        fields:
          concerns: {type: identifier, says: The matter.}
          urgent: {type: bool, optional: true, says: Urgent.}
        requires: [{if: act.urgent || value.most > 1, says: Urgent., cite: house}]
        sets: {urgent: act.urgent}
        says: Opened.
        cite: house
      notify:
        title: Notify
        by: authority.officer
        from: opened
        to: notified
        binds: {agent: act.agent}
        fields: {agent: {type: identifier, says: Who is notified.}}
        sets: {notified: "true"}
        says: Notified.
        cite: house
      answer:
        title: Answer
        by: developer
        who: agent
        from: notified
        says: Answered.
        cite: house
      see:
        title: See
        by: developer
        from: opened
        fields: {at: {type: instant, says: When it was seen.}}
        says: Seen.
        cite: house
      protest:
        title: Protest
        by: developer
        who: matter.holder
        not_by: [agent]
        from: notified
        says: Protested.
        cite: house
      report:
        title: Report
        by: developer
        who: matter.holder
        from: [opened, notified]
        says: Reported.
        cite: house
      hold:
        title: Hold
        by: court
        from: [opened, notified]
        to: held
        must_state: [reasons]
        expires: {within: {amount: 10, unit: days}, to: ended, cite: house}
        says: Held.
        cite: house
      hold-on:
        title: Hold on
        by: authority.officer
        from: held
        to: held
        says: Held on.
        cite: house
      close:
        title: Close
        by: court
        from: ended
        requires: [{if: "duty['report'] == 'running'", says: In time., cite: house}]
        says: Closed.
        cite: house
      appeal:
        title: Appeal
        by: developer
        who: matter.holder
        from: [held]
        fields: {times: {type: integer, says: How often.}, plain: {type: bool, says: Plain.}}
        requires:
          - {if: act.times > case.asked && act.times < 1 + case.asked, says: Between., cite: house}
        says: Appealed.
        cite: house
gate: {regime: none, undecided: serve, says: Nothing., cite: house}
limits:
  ground:
    case: measure
    always: "state != 'held' || areas.exists(a, matter.found[a] == 'bad')"
    says: Nothing is held without ground.
    cite: house
  notice:
    case: measure
    always: "!(state in ['held', 'ended']) || case.notified"
    says: Nothing is held without notice.
    cite: house
  urgency:
    case: measure
    always: "state != 'opened' || case.urgent"
    says: What is opened is urgent.
    cite: house
  alive:
    case: measure
    always: state != 'ended'
    says: Nothing ends.
    cite: house
  closed:
    case: measure
    always: "!(state == 'ended' && duty['report'] == 'met')"
    says: A report is in before the end.
    cite: house
  in-time:
    case: measure
    always: "duty['answer'] != 'late' || duty['report'] == 'late'"
    says: An answer is late only after a report.
    cite: house
  way-out:
    case: measure
    enabled: {act: appeal, while: state == 'held'}
    says: Whoever is held can appeal.
    cite: house
  way-in:
    case: measure
    enabled: {act: hold, while: state == 'opened'}
    says: What is opened can be held.
    cite: house
  unseen:
    case: measure
    always: duty['reply'] == 'none'
    says: Nothing is seen.
    cite: house
  answerable:
    case: measure
    enabled: {act: answer, while: state == 'notified'}
    says: Whoever is notified can answer.
    cite: house
  protestable:
    case: measure
    enabled: {act: protest, while: state == 'notified'}
    says: The holder can protest.
    cite: house
  court-only:
    case: measure
    entering: {states: [held], by: court}
    says: Only the court holds.
    cite: house
  reasons:
    case: measure
    entering: {states: [held], must_state: [reasons]}
    says: Reasons are given.
    cite: house
  expiry:
    case: measure
    entering: {states: [held], lapses: true}
    says: A hold ends.
    cite: house
  no-end:
    case: measure
    entering: {states: [ended], by: court}
    says: Only the court ends.
    cite: house
  like:
    case: measure
    equal: true
    says: Like cases are alike.
    cite: house
penalties: {}
"""


@pytest.fixture(scope="module")
def small(aaif: Rulebook) -> Rulebook:
    counts = "".join(f"{each}: unknown, " for each in aaif.coverage.compute.counts)
    return read_rulebook(BOOK.replace("COUNTS", f"{{{counts}}}").encode(), "small.yaml")


Told = Mapping[str, Any]
NONE: Told = {}
UNFOUND = {"east": "none", "west": "none"}


def of_matter(act: str | None, facts: Told = NONE, **more: Any) -> Deed:
    after = Standing("open", {"found": UNFOUND} | dict(facts))
    return Deed(CONCERNED, act and f"matter.{act}", "developer", after, **more)


def of_measure(
    act: str | None, state: str, facts: Told = NONE, duties: Told = NONE, **more: Any
) -> Deed:
    return Deed(SUBJECT, act and f"measure.{act}", None, Standing(state, facts, duties), **more)


OPEN = of_matter("open")
OPENED = of_measure("open", "opened", fields={"urgent": True})
HELD = of_measure("hold", "held")


def story(limit: str, *deeds: Deed, basis: date = DAY) -> Story:
    return Story(limit, basis, deeds, "The limit fails.")


def days(replayed: Replay) -> list[str]:
    """On which day each deed was done."""
    return [step.at[:10] for step in replayed.steps]


# ------------------------------------------------------------------ limits that hold always


def test_a_story_is_replayed_with_signed_acts_and_the_limit_stops_the_last(small: Rulebook) -> None:
    replayed = replay(small, story("ground", OPEN, OPENED, HELD))
    assert replayed.agrees
    assert "3 signed acts" in replayed.says
    assert "the limit 'ground' does not hold of the measure, which is held" in replayed.says
    assert "it refuses the last act" in replayed.says
    acts = [step.entry.act for step in replayed.steps if step.entry]
    assert [act.type for act in acts] == ["matter.open", "measure.open", "measure.hold"]
    assert acts[1].fields["concerns"] == acts[0].case
    assert acts[1].fields["urgent"] is True
    assert acts[2].fields["reasons"]
    assert {act.by.rstrip("0123456789-") for act in acts} == {
        "developer",
        "authority-officer",
        "court",
    }


def test_the_answers_of_the_record_are_told(small: Rulebook) -> None:
    found = {"found": {"east": "bad", "west": "none"}}
    said = {"area": "east", "outcome": "bad"}
    find = of_matter("find", found, fields=said, checks={"sworn": True})
    replayed = replay(small, story("notice", OPEN, find, OPENED, HELD))
    assert replayed.agrees
    refused = of_matter("find", found, fields=said, checks={"sworn": False})
    replayed = replay(small, story("notice", OPEN, refused, OPENED, HELD))
    assert not replayed.agrees
    assert "refuses deed 2" in replayed.says
    assert "It is sworn." in replayed.says


def test_an_end_at_which_the_limit_holds_is_no_end(small: Rulebook) -> None:
    replayed = replay(small, story("ground", OPEN, OPENED))
    assert not replayed.agrees
    assert "the limit 'ground' holds" in replayed.says


def test_an_act_that_the_table_refuses_is_named(small: Rulebook) -> None:
    replayed = replay(small, story("ground", OPEN, OPENED, HELD, HELD))
    assert not replayed.agrees
    assert "refuses deed 4" in replayed.says
    assert "the case is held" in replayed.says


@pytest.mark.parametrize(
    ("deed", "says"),
    [
        (replace(HELD, after=Standing("notified")), "is held, not notified as told"),
        (of_measure("hold", "held", {"notified": True}), "has notified = False, not True"),
        (of_measure("hold", "held", {"notified": False, "asked": 1}), "has asked = 0, not 1"),
        (
            of_measure("hold", "held", {"notified": False}, {"answer": "running"}),
            "the duty answer of the measure is none, not running",
        ),
    ],
)
def test_where_the_docket_comes_elsewhere_it_says_so(
    small: Rulebook, deed: Deed, says: str
) -> None:
    at_first = {"notified": False, "asked": 0}
    facts = {name: at_first[name] for name in deed.after.facts}
    opened = replace(OPENED, after=Standing("opened", facts))
    replayed = replay(small, story("ground", OPEN, opened, deed))
    assert not replayed.agrees
    assert says in replayed.says


def test_what_a_story_leaves_out_is_unknown_if_it_speaks_of_it_elsewhere(small: Rulebook) -> None:
    opened = of_measure("open", "opened", {"urgent": True}, fields={"urgent": True})
    replayed = replay(small, story("ground", OPEN, opened, HELD))
    assert not replayed.agrees
    assert "has urgent = True, not unknown" in replayed.says


def test_a_case_keeps_the_values_of_the_day_of_the_story(small: Rulebook) -> None:
    silent = replace(OPENED, fields={})
    assert not replay(small, story("urgency", OPEN, silent)).agrees
    replayed = replay(small, story("urgency", OPEN, silent, basis=date(2026, 12, 1)))
    assert replayed.agrees
    assert "the limit 'urgency' cannot be told" in replayed.says


def test_other_limits_do_not_stand_in_the_way(small: Rulebook) -> None:
    # Held without ground, too: that is another limit's story.
    assert replay(small, story("notice", OPEN, OPENED, HELD)).agrees


# ------------------------------------------------------------------ time


def test_a_state_lapses_and_time_alone_leads_to_the_end(small: Rulebook) -> None:
    lapsed = of_measure(None, "ended", lapses=True)
    replayed = replay(small, story("alive", OPEN, OPENED, HELD, lapsed))
    assert replayed.agrees
    assert "Time alone leads there" in replayed.says
    assert days(replayed) == ["2026-11-23"] * 3 + ["2026-12-04"]  # midnight in New York


def test_a_state_that_does_not_lapse_is_not_waited_for(small: Rulebook) -> None:
    replayed = replay(small, story("alive", OPEN, OPENED, of_measure(None, "ended", lapses=True)))
    assert not replayed.agrees
    assert "has no end to wait for" in replayed.says


def notified(answer: str, report: str, **more: Any) -> Deed:
    said = {"answer": answer, "report": report}
    return of_measure(more.pop("act", None), "notified", NONE, said, **more)


def test_a_duty_becomes_late_and_another_start_is_put_off_so_that_it_does_not(
    small: Rulebook,
) -> None:
    # The answer is due in five days, the report in seven. The report was opened first.
    opened = replace(OPENED, after=Standing("opened", {}, {"report": "running"}))
    notify = notified("running", "running", act="notify")
    late = notified("late", "running", late=("answer",))
    replayed = replay(small, story("in-time", OPEN, opened, notify, late))
    assert replayed.agrees
    assert days(replayed) == ["2026-11-23"] * 3 + ["2026-11-29"]

    still = notified("running", "late", late=("report",))
    later = replace(late, after=notified("late", "late").after)
    replayed = replay(small, story("in-time", OPEN, opened, notify, still, later))
    assert not replayed.agrees
    assert "the limit 'in-time' holds" in replayed.says  # so far it has come: the times are found


def test_a_notice_is_put_off_to_the_day_on_which_its_answer_outlasts_the_report(
    small: Rulebook,
) -> None:
    opened = replace(OPENED, after=Standing("opened", {}, {"report": "running"}))
    notify = notified("running", "running", act="notify")
    late = notified("running", "late", late=("report",))
    held = of_measure("hold", "held", NONE, {"answer": "running", "report": "late"})
    replayed = replay(small, story("ground", OPEN, opened, notify, late, held))
    assert replayed.agrees
    assert days(replayed) == ["2026-11-23"] * 2 + ["2026-11-26"] + ["2026-12-01"] * 2


def test_times_that_cannot_be_are_refused(small: Rulebook) -> None:
    # Held for ten days: the report of seven days is late when it lapses, and so it is not met.
    opened = replace(OPENED, after=Standing("opened", {}, {"report": "running"}))
    held = of_measure("hold", "held", NONE, {"report": "running"})
    lapsed = of_measure(None, "ended", NONE, {"report": "running"}, lapses=True)
    meet = of_measure("close", "ended", NONE, {"report": "met"})
    replayed = replay(small, story("closed", OPEN, opened, held, lapsed, meet))
    assert not replayed.agrees
    assert replayed.untimely
    assert "No times will do" in replayed.says
    assert "the duty report is late" in replayed.says


def test_a_duty_that_does_not_matter_may_be_late_though_the_story_leaves_it_running(
    small: Rulebook,
) -> None:
    opened = replace(OPENED, after=Standing("opened", {}, {"report": "running"}))
    held = of_measure("hold", "held", NONE, {"report": "running"})
    lapsed = of_measure(None, "ended", NONE, {"report": "running"}, lapses=True)
    replayed = replay(small, story("alive", OPEN, opened, held, lapsed))
    assert replayed.agrees
    assert "Other than told, by deed 4 the duty report is late." in replayed.says


def test_a_duty_is_met_by_the_party_on_whom_it_rests(small: Rulebook) -> None:
    opened = replace(OPENED, after=Standing("opened", {}, {"report": "running"}))
    report = of_measure("report", "opened", NONE, {"report": "met"})
    notify = notified("running", "met", act="notify")
    late = notified("late", "met", late=("answer",))
    replayed = replay(small, story("in-time", OPEN, opened, report, notify, late))
    assert replayed.agrees
    acts = [step.entry.act for step in replayed.steps if step.entry]
    assert acts[2].by == acts[0].by
    assert days(replayed)[-1] == "2026-11-29"


@pytest.mark.parametrize(
    ("stands", "at"),
    [
        ("late", "2026-11-15T14:00:00Z"),  # more than five days ago
        ("met", "2026-11-23T14:00:00Z"),
        ("running", "2026-11-23T14:00:01Z"),  # what has not happened is not met yet
    ],
)
def test_when_something_happened_is_stated_so_that_its_duty_stands_as_told(
    small: Rulebook, stands: str, at: str
) -> None:
    see = of_measure("see", "opened", NONE, {"reply": stands})
    replayed = replay(small, story("unseen", OPEN, OPENED, see))
    assert replayed.agrees
    seen = replayed.steps[2].entry
    assert seen
    assert str(seen.act.fields["at"]).startswith(at)


def test_who_is_named_in_an_act_can_do_what_is_then_asked_of_it(small: Rulebook) -> None:
    answer = of_measure("answer", "notified", NONE, {"answer": "met"})
    notify = of_measure("notify", "notified", NONE, {"answer": "running"})
    replayed = replay(small, story("ground", OPEN, OPENED, notify, answer, HELD))
    assert not replayed.agrees
    assert "not none as told" in replayed.says  # the last deed forgets the answer
    held = replace(HELD, after=Standing("held", {}, {"answer": "met"}))
    replayed = replay(small, story("ground", OPEN, OPENED, notify, answer, held))
    assert replayed.agrees
    acts = [step.entry.act for step in replayed.steps if step.entry]
    assert acts[3].by == acts[2].fields["agent"]
    assert acts[3].by.startswith("developer-")


# ------------------------------------------------------------------ acts that stay open


def test_an_act_that_nobody_can_do_is_tried_in_every_way(small: Rulebook) -> None:
    replayed = replay(small, story("way-out", OPEN, OPENED, HELD))
    assert replayed.agrees
    assert "nobody can do 'appeal', whatever it states" in replayed.says


def test_an_act_that_somebody_can_do_is_open(small: Rulebook) -> None:
    replayed = replay(small, story("way-in", OPEN, OPENED))
    assert not replayed.agrees
    assert "takes the act measure.hold" in replayed.says


def test_who_is_named_for_an_act_can_do_it(small: Rulebook) -> None:
    notify = of_measure("notify", "notified")
    replayed = replay(small, story("answerable", OPEN, OPENED, notify))
    assert not replayed.agrees
    assert "takes the act measure.answer" in replayed.says


def test_an_act_is_closed_to_whom_it_is_reserved_for_if_that_is_whom_it_is_closed_to(
    small: Rulebook,
) -> None:
    notify = of_measure("notify", "notified")
    replayed = replay(small, story("protestable", OPEN, OPENED, notify))
    assert replayed.agrees
    opened, notified = replayed.steps[0].entry, replayed.steps[2].entry
    assert opened
    assert notified
    assert notified.act.fields["agent"] == opened.act.by


def test_an_act_need_not_be_open_everywhere(small: Rulebook) -> None:
    replayed = replay(small, story("way-in", OPEN, OPENED, HELD))
    assert not replayed.agrees
    assert "need not be open" in replayed.says


# ------------------------------------------------------------------ what comes with an entry


def test_an_entry_by_another_role_without_reasons_or_end_is_shown(small: Rulebook) -> None:
    on = of_measure("hold-on", "held")
    for limit, says in (
        ("court-only", "that is done by the authority.officer"),
        ("reasons", "the act states no reasons"),
        ("expiry", "it does not end by itself"),
    ):
        replayed = replay(small, story(limit, OPEN, OPENED, HELD, on))
        assert replayed.agrees
        assert says in replayed.says


def test_an_entry_with_all_that_is_asked_for_breaks_nothing(small: Rulebook) -> None:
    for limit in ("court-only", "reasons", "expiry"):
        replayed = replay(small, story(limit, OPEN, OPENED, HELD))
        assert not replayed.agrees
        assert "comes with all that the limit asks for" in replayed.says


def test_a_lapse_enters_by_the_hand_of_whoever_had_it_come(small: Rulebook) -> None:
    lapsed = of_measure(None, "ended", lapses=True)
    replayed = replay(small, story("no-end", OPEN, OPENED, HELD, lapsed))
    assert not replayed.agrees  # the court had it come, as the limit asks
    assert "comes with all that the limit asks for" in replayed.says


def test_a_story_that_enters_nothing_is_none(small: Rulebook) -> None:
    replayed = replay(small, story("court-only", OPEN, OPENED))
    assert not replayed.agrees
    assert "does not lead into held" in replayed.says


# ------------------------------------------------------------------ the default book


def test_a_bar_without_a_finding_is_replayed_on_the_book_with_its_guards_taken_out(
    amended: Amend,
) -> None:
    book = amended(
        ('- if: review.finding[act.ground] == "unacceptable"', '- if: "true"'),
        (
            'requires:\n          - if: review.finding[case.ground] == "unacceptable"',
            'requires:\n          - if: "true"',
        ),
    )
    finding = dict.fromkeys(book.areas, "none")
    declared = Standing("declared", {"coverage": "indeterminate", "finding": finding})
    opened: dict[str, Any] = {"ground": "cybersecurity", "noticed": False, "heard": False}
    noticed = opened | {"noticed": True}
    said = {"ground": "cybersecurity"}
    rungs = ["conditions", "fine", "bar-further", "part"]
    sought = {"remedy": "whole", "considered": rungs}
    officer = "authority.case-officer"

    def before(act: str, by: str, **fields: Any) -> Deed:
        return Deed(SUBJECT, f"restriction.{act}", by, Standing("opened", opened), fields)

    def after(state: str, duty: str, heard: bool = False) -> Standing:
        return Standing(state, noticed | {"heard": heard}, {"answer-to-notice": duty})

    late = ("answer-to-notice",)
    told = Story(
        "grounds",
        DAY,
        (
            Deed(CONCERNED, "review.declare", "developer", declared, coverage="indeterminate"),
            Deed(SUBJECT, "restriction.open", officer, Standing("opened", opened), said),
            before("draft-petition", officer, **sought),
            before("countersign", "authority.counsel"),
            before("review-petition", "authority.technical-reviewer"),
            before("file-petition", officer),
            Deed(SUBJECT, "restriction.give-notice", officer, after("noticed", "running"), sought),
            Deed(SUBJECT, None, None, after("noticed", "late"), late=late),
            Deed(
                SUBJECT,
                "restriction.order",
                "court",
                after("ordered", "late", heard=True),
                {"extent": "whole"},
            ),
        ),
        "The court bars the deployment with no finding.",
    )
    replayed = replay(book, told)
    assert replayed.agrees, replayed.says
    assert days(replayed)[-1] == "2026-12-09"  # ten business days and Thanksgiving later
    as_it_is = replay(amended(), told)
    assert not as_it_is.agrees
    assert "refuses deed 2" in as_it_is.says


# ------------------------------------------------------------------ what is no story


def test_a_story_of_another_book_is_refused(small: Rulebook) -> None:
    with pytest.raises(BadInput, match="no limit 'grounds'"):
        replay(small, story("grounds", OPEN))
    with pytest.raises(BadInput, match="at least one deed"):
        replay(small, story("ground"))


def test_what_differs_between_parties_is_no_history(small: Rulebook) -> None:
    assert not replay(small, story("like", OPEN)).agrees


def test_a_value_that_no_act_can_state_is_named(small: Rulebook) -> None:
    from fractions import Fraction

    thirds = of_matter("open", fields={"size": Fraction(1, 3)})
    replayed = replay(small, story("ground", thirds, OPENED, HELD))
    assert not replayed.agrees
    assert "finitely many decimals" in replayed.says
    halves = of_matter("open", {"size": Fraction(5, 2)}, fields={"size": Fraction(5, 2)})
    assert replay(small, story("ground", halves, OPENED, HELD)).agrees
