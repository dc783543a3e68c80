"""Malformed rulebooks: each is the shipped one with one thing wrong, and is refused for that.

A refusal names the file, the line and the path of keys that leads there, says what is wrong and
what to do. The defects are edits of the real book, so that they cannot go stale unnoticed.
"""

import re
from dataclasses import dataclass

import pytest

from holdshort.errors import RulebookError
from holdshort.rulebook.load import open_rulebook, read_rulebook

BOOK = open_rulebook("aaif").text.decode()


@dataclass(frozen=True)
class Defect:
    """One edit: ``old``, which stands in the book once, becomes ``new``.

    ``says`` is part of the refusal; ``at`` the path that it names; ``near`` text on the line that
    it names, if that is not the first line that was changed.
    """

    old: str
    new: str
    says: str
    at: str
    near: str | None = None


DEFECTS = {
    # ------------------------------------------------------------------ names
    "condition reads an unknown fact": Defect(
        "model.training_compute > value.compute_threshold",
        "model.training_flop > value.compute_threshold",
        "model has no field training_flop. Did you mean training_compute?",
        "coverage.when",
        near="when: >-",
    ),
    "condition reads an unknown name": Defect(
        "{if: case.held, says: The clearance is on hold.",
        "{if: cas.held, says: The clearance is on hold.",
        "cas is not declared. Did you mean case?",
        "cases.review.acts.release.requires.0.if",
    ),
    "condition reads an unknown value": Defect(
        "> value.compute_threshold",
        "> value.flop_threshold",
        "value has no field flop_threshold",
        "coverage.when",
        near="when: >-",
    ),
    "condition asks an unknown duty": Defect(
        "requires:\n          - {if: case.appealed, says: An",
        "requires:\n          - {if: \"duty['anser-to-notice'] == 'late'\", says: An",
        "'anser-to-notice' is not one of",
        "cases.restriction.acts.confirm.requires.0.if",
        near="anser-to-notice",
    ),
    "condition asks an unknown check": Defect(
        "{if: check.snapshot_true}",
        "{if: check.snapshot_fine}",
        "check has no field snapshot_fine",
        "cases.register.acts.snapshot.requires.0.if",
    ),
    "limit reads what an act says": Defect(
        "\"state != 'provisional' || case.imminent\"",
        "\"state != 'provisional' || act.imminent\"",
        "act is not declared",
        "limits.imminence.always",
    ),
    "state that is none": Defect(
        "from: [opened, noticed, answered]\n        to: lifted",
        "from: [opened, notised, answered]\n        to: lifted",
        "'notised' is not possible here. Did you mean 'noticed'?",
        "cases.restriction.acts.withdraw.from.1",
    ),
    "state that an act leads to is none": Defect(
        "from: [provisional, ordered]\n        to: lifted",
        "from: [provisional, ordered]\n        to: free",
        "'free' is not possible here",
        "cases.restriction.acts.lift.to",
        near="to: free",
    ),
    "state that no act leads to": Defect(
        "states: [applied, granted, suspended, withdrawn]",
        "states: [applied, granted, suspended, withdrawn, expired]",
        "No acts lead from the opening of a case to the state 'expired'",
        "cases.accreditation.states.4",
    ),
    "states that lead only to each other": Defect(
        "        by: authority.accreditor\n        from: granted\n        to: suspended\n",
        "        by: authority.accreditor\n        from: suspended\n        to: suspended\n",
        "No acts lead from the opening of a case to the state 'suspended'",
        "cases.accreditation.states.2",
        near="states: [applied, granted",
    ),
    "state given twice": Defect(
        "states: [applied, granted, suspended, withdrawn]",
        "states: [applied, granted, suspended, applied]",
        "'applied' stands in this list twice",
        "cases.accreditation.states.3",
    ),
    "state called none": Defect(
        "states: [open]",
        "states: [open, none]",
        "'none' is the state of a case not yet opened",
        "cases.register.states",
    ),
    "act from no state": Defect(
        "from: [opened, noticed, answered]\n        to: lifted",
        "from: []\n        to: lifted",
        "At least one is expected here",
        "cases.restriction.acts.withdraw.from",
    ),
    "role that is none": Defect(
        "        by: authority.decision-maker\n        not_by: [assessor]\n"
        "        from: assessed\n        to: cleared",
        "        by: authority.decider\n        not_by: [assessor]\n"
        "        from: assessed\n        to: cleared",
        "'authority.decider' is not possible here",
        "cases.review.acts.clear.by",
    ),
    "fact attested by nobody": Defect(
        "unit: FLOP, attested_by: developer",
        "unit: FLOP, attested_by: devloper",
        "Did you mean 'developer'?",
        "facts.model.training_compute.attested_by",
    ),
    "party that no act binds": Defect(
        "        who: holder\n        from: [conditional, referred]",
        "        who: owner\n        from: [conditional, referred]",
        "'owner' is not possible here",
        "cases.review.acts.appeal.who",
    ),
    "party of a case that is not concerned": Defect(
        "        who: review.holder\n        from: noticed",
        "        who: accreditation.holder\n        from: noticed",
        "'accreditation.holder' is not possible here",
        "cases.restriction.acts.answer.who",
    ),
    "party excluded that no act binds": Defect(
        "        not_by: [holder]\n",
        "        not_by: [hodler]\n",
        "Did you mean 'holder'?",
        "cases.accreditation.acts.grant.not_by.0",
    ),
    # ------------------------------------------------------------------ sources and words
    "provision without a citation": Defect(
        "    says: Systems acting outside the developer's control become much harder to rein in.\n"
        "    cite: aaif, enumerated risks (c)\n",
        "    says: Systems acting outside the developer's control become much harder to rein in.\n",
        "'cite' is missing here. Add `cite:`",
        "areas.loss_of_control",
        near="loss_of_control:",
    ),
    "requirement without a citation": Defect(
        "            says: Every area has a finding.\n"
        "            cite: aaif, independent evaluation, four risks\n",
        "            says: Every area has a finding.\n",
        "A requirement says what it asks and cites its source. Add `says:` and `cite:`",
        "cases.review.acts.conclude.requires.0",
        near='case.finding[a] != "none"',
    ),
    "value without a citation": Defect(
        '{from: 2026-06-10, value: 1e9, cite: "aaif, scope: covered developer (ii)"}',
        "{from: 2026-06-10, value: 1e9}",
        "'cite' is missing here",
        "values.rnd_threshold.history.0",
    ),
    "citation of a source that is none": Defect(
        "cite: aaif, enumerated risks (d)",
        "cite: aiaf, enumerated risks (d)",
        "'aiaf' is not a source of this book",
        "areas.automated_rnd.cite",
    ),
    "provision that says nothing": Defect(
        "        says: The accreditor suspends the accreditation, with reasons.",
        "        says:",
        "A text is expected here",
        "cases.accreditation.acts.suspend.says",
    ),
    # ------------------------------------------------------------------ keys
    "key given twice": Defect(
        "title: Advanced AI Framework\n",
        "title: Advanced AI Framework\ntitle: Advanced AI Framework\n",
        "'title' stands here twice. Keep one of them",
        "",
    ),
    "act given twice": Defect(
        "      reinstate:\n        title",
        "      suspend:\n        title",
        "'suspend' stands here twice",
        "cases.accreditation.acts",
    ),
    "key misspelt": Defect(
        "    owed_to: the Agency\n    says: The accountable officer",
        "    owed_too: the Agency\n    says: The accountable officer",
        "'owed_too' is not known here. Did you mean 'owed_to'?",
        "duties.compliance-certification.owed_too",
    ),
    "key that nobody knows": Defect(
        "  serve: [valid, conditional]\n",
        "  serve: [valid, conditional]\n  colour: red\n",
        "'colour' is not known here. Known here: bars, status",
        "gate.colour",
        near="colour: red",
    ),
    "section missing": Defect(
        "penalties:\n  false-statement:",
        "penaltys:\n  false-statement:",
        "'penaltys' is not known here. Did you mean 'penalties'?",
        "penaltys",
    ),
    "text where names are expected": Defect(
        "    us-federal: {holidays: US, weekend: [saturday, sunday]}\n",
        "    us-federal: US\n",
        "A mapping of names to values is expected here. Write lines of `name: value`.",
        "time.calendars.us-federal",
    ),
    "mapping where a text is expected": Defect(
        "jurisdiction: United States, federal (proposed)",
        "jurisdiction: {country: US}",
        "A text is expected here",
        "jurisdiction",
    ),
    "key that is no name": Defect(
        '  register: {says: "The register itself',
        '  [register, log]: {says: "The register itself',
        "A name is expected before the colon",
        "roles",
    ),
    "null for a text": Defect(
        'version: "1"', "version: null", "A text is expected here", "version"
    ),
    "id that cannot be part of a register's name": Defect(
        "rulebook: aaif", "rulebook: The AAIF", "'The AAIF' is no id of a rulebook", "rulebook"
    ),
    "act whose name cannot be filed": Defect(
        "      give-notice:\n",
        "      Give_Notice:\n",
        "'Give_Notice' is no name for this",
        "cases.restriction.acts.Give_Notice",
    ),
    "kind of case that hides a name of clauses": Defect(
        "  accreditation:\n    title",
        "  duty:\n    title",
        "'duty' means something else in clauses",
        "cases.duty",
    ),
    # ------------------------------------------------------------------ types
    "fact of the law without a unit": Defect(
        "{type: number, unit: FLOP, attested_by: developer,",
        "{type: number, attested_by: developer,",
        "A number needs a unit. Add `unit:`",
        "facts.model.training_compute",
        near="  model.training_compute:",
    ),
    "value without a unit": Defect(
        "  revenue_threshold:\n    unit: USD/year\n",
        "  revenue_threshold:\n",
        "'unit' is missing here",
        "values.revenue_threshold",
    ),
    "field without a unit": Defect(
        "unit: FLOP, fact: model.training_compute,",
        "fact: model.training_compute,",
        "A number needs a unit",
        "cases.review.acts.declare.fields.training_compute",
    ),
    "field in another unit than its fact": Defect(
        "unit: FLOP, fact: model.training_compute,",
        "unit: hours, fact: model.training_compute,",
        "has the unit 'FLOP', not 'hours'",
        "cases.review.acts.declare.fields.training_compute.fact",
    ),
    "field of another type than its fact": Defect(
        "{type: decimal, optional: true, unit: FLOP, fact:",
        "{type: text, optional: true, unit: FLOP, fact:",
        "The fact model.training_compute is stated as a decimal",
        "cases.review.acts.declare.fields.training_compute.fact",
    ),
    "one_of without values": Defect(
        "{type: one_of, values: [covered, not covered, indeterminate],",
        "{type: one_of,",
        "one_of needs it. Add `values: [...]`",
        "cases.review.facts.coverage",
    ),
    "one_of with no value": Defect(
        "{type: one_of, values: [covered, not covered, indeterminate],",
        "{type: one_of, values: [],",
        "At least one is expected here",
        "cases.review.facts.coverage.values",
    ),
    "values of what is no one_of": Defect(
        "coverage: {type: one_of, values:",
        "coverage: {type: bool, values:",
        "`values:` belongs to the type one_of",
        "cases.review.facts.coverage",
    ),
    "enumeration misspelt in a condition": Defect(
        'case.finding[a] == "acceptable")',
        'case.finding[a] == "aceptable")',
        "'aceptable' is not one of none, acceptable, inconclusive, unacceptable. "
        "Did you mean acceptable?",
        "cases.review.acts.clear.requires.1.if",
    ),
    "state misspelt in a limit": Defect(
        "\"state != 'referred' ||",
        "\"state != 'refered' ||",
        "'refered' is not one of",
        "limits.referral.always",
    ),
    "requirement that is no yes or no": Defect(
        "{if: case.held, says: The clearance is on hold.",
        "{if: size(areas), says: The clearance is on hold.",
        "'size(areas)' is a number, where true or false is expected",
        "cases.review.acts.release.requires.0.if",
    ),
    "condition that does not parse": Defect(
        "{if: case.held, says: The clearance is on hold.",
        "{if: case.held &&, says: The clearance is on hold.",
        "column",
        "cases.review.acts.release.requires.0.if",
    ),
    "act that sets an unknown fact": Defect(
        'sets: {noticed: "true"}\n        says: Notice that',
        'sets: {notised: "true"}\n        says: Notice that',
        "The case remembers no fact 'notised'. Declare it under `facts:`",
        "cases.restriction.acts.give-notice-of-order.sets.notised",
    ),
    "act that sets another type": Defect(
        "sets: {imminent: act.imminent}",
        "sets: {imminent: state}",
        "'state' is one of none, opened, noticed, answered, provisional, ordered, lifted, "
        "but imminent is true or false",
        "cases.restriction.acts.order-provisionally.sets.imminent",
    ),
    "act that sets a value that the fact cannot have": Defect(
        "outcome: {type: one_of, values: [acceptable, inconclusive, unacceptable],",
        "outcome: {type: one_of, values: [fine, inconclusive, unacceptable],",
        "but finding is one of none, acceptable",
        "cases.review.acts.file-finding.sets.finding[act.area]",
        near='sets: {"finding[act.area]": act.outcome}',
    ),
    "act that sets the whole of what is remembered per area": Defect(
        '{"finding[act.area]": act.outcome}',
        "{finding: act.outcome}",
        "but finding is a map",
        "cases.review.acts.file-finding.sets.finding",
    ),
    "act that sets an area of what has none": Defect(
        "sets: {scope: act.scope}",
        'sets: {"scope[act.scope[0]]": act.scope}',
        "only an area can stand in brackets",
        "cases.accreditation.acts.grant.sets.scope[act.scope[0]]",
    ),
    "act that sets what is no area": Defect(
        '{"finding[act.area]": act.outcome}',
        '{"finding[act.outcome]": act.outcome}',
        "only an area can stand in brackets",
        "cases.review.acts.file-finding.sets.finding[act.outcome]",
    ),
    "default that is no area": Defect(
        "default: [], says: Areas for which",
        "default: [weather], says: Areas for which",
        "'weather' is not possible here",
        "cases.accreditation.facts.scope.default.0",
    ),
    "default that the fact cannot have": Defect(
        "default: none, says:",
        "default: unknown, says:",
        "'unknown' is not possible here",
        "cases.review.facts.finding.default",
    ),
    "default that is neither true nor false": Defect(
        "imminent: {type: bool, default: false,",
        "imminent: {type: bool, default: no,",
        "'no' is neither true nor false. Write `true` or `false`",
        "cases.restriction.facts.imminent.default",
    ),
    "default of the wrong kind of number": Defect(
        "imminent: {type: bool, default: false,",
        "imminent: {type: integer, default: 1.5,",
        "1.5 is not integer, 0 or more",
        "cases.restriction.facts.imminent.default",
    ),
    "statement that is a field already": Defect(
        "must_state: [reasons, evidence, scope]\n",
        "must_state: [reasons, imminent, evidence, scope]\n",
        "'imminent' is a field of the act already",
        "cases.restriction.acts.order-provisionally.must_state",
    ),
    # ------------------------------------------------------------------ who a party is
    "clause that reads the party named in an act": Defect(
        "          - {if: check.drawn_by_lot}\n",
        "          - {if: 'act.assessor == \"lab-a\"', says: Ours., cite: house}\n",
        "act has no field assessor",
        "cases.review.acts.assign.requires.3.if",
    ),
    "clause that reads the name of the model": Defect(
        "- {if: check.earlier_reviews_cleared}",
        "- {if: 'act.model != \"rival\"', says: No., cite: house}",
        "act has no field model",
        "cases.review.acts.declare.requires.0.if",
    ),
    "clause that reads free text": Defect(
        "        must_state: [grounds]\n        says: The developer appeals",
        "        requires: [{if: 'act.grounds != \"politics\"', says: No., cite: house}]\n"
        "        must_state: [grounds]\n        says: The developer appeals",
        "act has no field grounds",
        "cases.review.acts.appeal.requires.0.if",
    ),
    "clause that reads the digest of the weights": Defect(
        "- {if: check.earlier_reviews_cleared}",
        "- {if: 'act.weights != \"00\"', says: No., cite: house}",
        "act has no field weights",
        "cases.review.acts.declare.requires.0.if",
    ),
    "clause that reads who holds the case": Defect(
        "{if: case.held, says: The clearance is on hold.",
        "{if: 'case.holder == \"acme\"', says: The clearance is on hold.",
        "review has no field holder",
        "cases.review.acts.release.requires.0.if",
    ),
    "clause that reads who acts": Defect(
        "{if: case.held, says: The clearance is on hold.",
        "{if: 'act.by == \"acme\"', says: The clearance is on hold.",
        "act has no field by",
        "cases.review.acts.release.requires.0.if",
    ),
    "case that remembers a party": Defect(
        "      ground: {type: area, says: The area on",
        "      ground: {type: identifier, says: The area on",
        "A case remembers no identifier: a clause could tell parties apart by it",
        "cases.restriction.facts.ground.type",
    ),
    "case that remembers a text": Defect(
        "      ground: {type: area, says: The area on",
        "      ground: {type: text, says: The area on",
        "A case remembers no text",
        "cases.restriction.facts.ground.type",
    ),
    "fact of the law that is a name": Defect(
        "{type: number, unit: FLOP, attested_by: developer,",
        "{type: text, attested_by: developer,",
        "'text' is not possible here",
        "facts.model.training_compute.type",
    ),
    "fact that hides a name of clauses": Defect(
        "  model.training_compute:\n",
        "  value.training_compute:\n",
        "A fact is named subject.property",
        "facts.value.training_compute",
    ),
    "party bound by an expression": Defect(
        "binds: {assessor: act.assessor}",
        'binds: {assessor: \'act.assessor == "lab-a" ? "lab-b" : act.assessor\'}',
        "is no party that the act must name",
        "cases.review.acts.assign.binds.assessor",
    ),
    "party bound by what is no party": Defect(
        "fields:\n          assessor: {type: identifier,",
        "fields:\n          assessor: {type: text,",
        "act has no field assessor",
        "cases.review.acts.assign.binds.assessor",
        near="binds: {assessor",
    ),
    # ------------------------------------------------------------------ time
    "duty that starts with an unknown act": Defect(
        "    starts: restriction.give-notice\n",
        "    starts: restriction.give-notices\n",
        "No case has the act 'restriction.give-notices'. Did you mean 'restriction.give-notice'?",
        "duties.answer-to-notice.starts",
    ),
    "duty met by an unknown act": Defect(
        "    met_by: review.conclude\n",
        "    met_by: conclude\n",
        "No case has the act 'conclude'",
        "duties.pre-deployment-testing.met_by",
    ),
    "duty met in another case": Defect(
        "    met_by: review.conclude\n",
        "    met_by: restriction.answer\n",
        "not done in the case in which the duty starts",
        "duties.pre-deployment-testing.met_by",
    ),
    "amount of zero": Defect(
        "expires: {within: {amount: 14,",
        "expires: {within: {amount: 0,",
        "a whole number above zero",
        "cases.restriction.acts.order-provisionally.expires.within.amount",
    ),
    "negative amount": Defect(
        "expires: {within: {amount: 14,",
        "expires: {within: {amount: -14,",
        "a whole number above zero",
        "cases.restriction.acts.order-provisionally.expires.within.amount",
    ),
    "half an amount": Defect(
        "expires: {within: {amount: 14,",
        "expires: {within: {amount: 1.5,",
        "a whole number above zero",
        "cases.restriction.acts.order-provisionally.expires.within.amount",
    ),
    "amount beyond all measure": Defect(
        "expires: {within: {amount: 14,",
        "expires: {within: {amount: 1e999999,",
        "'1e999999' is not a number",
        "cases.restriction.acts.order-provisionally.expires.within.amount",
    ),
    "amount of more than a century": Defect(
        "expires: {within: {amount: 14,",
        "expires: {within: {amount: 36526,",
        "no longer than a century",
        "cases.restriction.acts.order-provisionally.expires.within.amount",
    ),
    "amount that is no number": Defect(
        "expires: {within: {amount: 14,",
        "expires: {within: {amount: fourteen,",
        "'fourteen' is not a number. Write it like",
        "cases.restriction.acts.order-provisionally.expires.within.amount",
    ),
    "unknown unit": Defect(
        "expires: {within: {amount: 14, unit: days}",
        "expires: {within: {amount: 14, unit: day}",
        "Did you mean 'days'?",
        "cases.restriction.acts.order-provisionally.expires.within.unit",
    ),
    "expiry without a time": Defect(
        "expires: {within: {amount: 14, unit: days}",
        "expires: {within: unknown",
        "What expires needs a time",
        "cases.restriction.acts.order-provisionally.expires.within",
    ),
    "business days without a calendar": Defect(
        "{amount: 10, unit: business days, calendar: us-federal}",
        "{amount: 10, unit: business days}",
        "Business days, and only they, name a calendar. Add `calendar:`",
        "duties.answer-to-notice.within",
    ),
    "calendar without business days": Defect(
        "{amount: 10, unit: business days, calendar: us-federal}",
        "{amount: 10, unit: days, calendar: us-federal}",
        "Business days, and only they, name a calendar. Take `calendar:` out",
        "duties.answer-to-notice.within",
    ),
    "unknown calendar": Defect(
        "{amount: 10, unit: business days, calendar: us-federal}",
        "{amount: 10, unit: business days, calendar: us-state}",
        "'us-state' is not possible here",
        "duties.answer-to-notice.within.calendar",
    ),
    "calendar of no country": Defect(
        "{holidays: US, weekend:",
        "{holidays: XX, weekend:",
        "There is no table of the holidays of 'XX'",
        "time.calendars.us-federal.holidays",
    ),
    "week without a business day": Defect(
        "weekend: [saturday, sunday]",
        "weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]",
        "A week needs a business day",
        "time.calendars.us-federal.weekend",
    ),
    "zone that is none": Defect(
        "zone: America/New_York",
        "zone: America/Gotham",
        "'America/Gotham' is no time zone",
        "time.zone",
    ),
    "zone that is a folder": Defect(
        "zone: America/New_York", "zone: America", "'America' is no time zone", "time.zone"
    ),
    "end of the day that is no time": Defect(
        'day_ends: "23:59:59"',
        'day_ends: "24:00:00"',
        "'24:00:00' is no time of day",
        "time.day_ends",
    ),
    "recurrence without a time": Defect(
        "    within: {amount: 12, unit: months}\n    every: {amount: 12, unit: months}\n",
        "    within: {amount: 12, unit: months}\n    every: unknown\n",
        "What comes again needs a time",
        "duties.compliance-certification.every",
        near="every: unknown",
    ),
    "history out of order": Defect(
        "history: [{from: 2026-06-10, value: 1e25,",
        "history: [{from: 2026-06-11, value: 1e26, cite: house}, {from: 2026-06-10, value: 1e25,",
        "goes from the oldest to the newest",
        "values.compute_threshold.history",
    ),
    "two values on one day": Defect(
        "history: [{from: 2026-06-10, value: 1e25,",
        "history: [{from: 2026-06-10, value: 1e26, cite: house}, {from: 2026-06-10, value: 1e25,",
        "one value a day",
        "values.compute_threshold.history",
    ),
    "value without a history": Defect(
        'history: [{from: 2026-06-10, value: 1e9, cite: "aaif, scope: covered developer (ii)"}]',
        "history: []",
        "At least one is expected here",
        "values.rnd_threshold.history",
    ),
    "day that is none": Defect(
        "since: 2026-06-10",
        "since: 2026-06-31",
        "'2026-06-31' is not a date. Write YYYY-MM-DD",
        "status.since",
    ),
    "day written otherwise": Defect(
        "since: 2026-06-10", "since: 20260610", "'20260610' is not a date", "status.since"
    ),
    # ------------------------------------------------------------------ limits and gate
    "limit that states nothing": Defect(
        "    always: \"state != 'provisional' || case.imminent\"\n",
        "",
        "A limit states either `always:` or `enabled:`",
        "limits.imminence",
        near="imminence:",
    ),
    "limit that states both": Defect(
        "    always: \"state != 'provisional' || case.imminent\"\n",
        "    always: \"state != 'provisional' || case.imminent\"\n"
        '    enabled: {act: lift, while: "true"}\n',
        "A limit states either `always:` or `enabled:`",
        "limits.imminence",
        near="imminence:",
    ),
    "limit on an unknown act": Defect(
        "enabled: {act: appeal,",
        "enabled: {act: apeal,",
        "Did you mean 'appeal'?",
        "limits.way-out.enabled.act",
    ),
    "limit on an unknown kind of case": Defect(
        "case: restriction\n    enabled: {act: lift,",
        "case: restrictions\n    enabled: {act: lift,",
        "Did you mean 'restriction'?",
        "limits.lift.case",
    ),
    "gate that bars on an unknown kind of case": Defect(
        "bars: {restriction:",
        "bars: {directive:",
        "There is no case of the kind 'directive' that concerns a review. Known: restriction",
        "gate.bars.directive",
    ),
    "gate that bars on a case that concerns no review": Defect(
        "bars: {restriction: [provisional, ordered]}",
        "bars: {accreditation: [suspended]}",
        "There is no case of the kind 'accreditation' that concerns a review",
        "gate.bars.accreditation",
    ),
    "gate that bars in an unknown state": Defect(
        "bars: {restriction: [provisional, ordered]}",
        "bars: {restriction: [provisional, order]}",
        "Did you mean 'ordered'?",
        "gate.bars.restriction.1",
    ),
    "gate that serves what is suspended": Defect(
        "serve: [valid, conditional]",
        "serve: [valid, suspended]",
        "'suspended' is not possible here",
        "gate.serve.1",
    ),
    # ------------------------------------------------------------------ a table that cannot run
    "case that no act opens": Defect(
        "        by: assessor\n        from: none\n        to: applied",
        "        by: assessor\n        from: applied\n        to: applied",
        "No act opens this case. Give one `from: none`",
        "cases.accreditation.acts",
        near="    acts:",
    ),
    "opening that leads nowhere": Defect(
        "        from: none\n        to: declared\n",
        "        from: none\n",
        "An act that opens a case does nothing else, and leads to a state",
        "cases.review.acts.declare",
        near="      declare:",
    ),
    "opening that also does something else": Defect(
        "        from: none\n        to: declared\n",
        "        from: [none, declared]\n        to: declared\n",
        "An act that opens a case does nothing else",
        "cases.review.acts.declare",
        near="      declare:",
    ),
    "opening that does not say what it concerns": Defect(
        "          concerns: {type: identifier, says: The review that it concerns.}\n",
        "",
        "A case that concerns a review names it when it is opened",
        "cases.restriction.acts.open",
        near="      open:",
    ),
    "effect that is none": Defect(
        "effect: clearance",
        "effect: clearence",
        "Did you mean 'clearance'?",
        "cases.review.acts.issue-clearance.effect",
    ),
    "effect without the field that it needs": Defect(
        "fields:\n          party: {type: identifier, says: Id of the party.}\n        must_state",
        "must_state",
        "The effect suspend-party needs the field 'party' of the type identifier",
        "cases.register.acts.suspend-party",
        near="      suspend-party:",
    ),
    "coverage that no fact can hold": Defect(
        "values: [covered, not covered, indeterminate]",
        "values: [covered, not covered]",
        "The effect coverage sets the fact 'coverage'",
        "cases.review.acts.declare",
        near="      declare:",
    ),
    "register that nothing opens": Defect(
        "        effect: charter\n",
        "",
        "One act, register.charter, has the effect charter",
        "cases",
        near="cases:",
    ),
    "book without an area": Defect(
        "areas:\n  cybersecurity:",
        "areas: {}\nnothing:\n  cybersecurity:",
        "'nothing' is not known here",
        "nothing",
        near="nothing:",
    ),
    # ------------------------------------------------------------------ the file itself
    "tab for a space": Defect(
        "  zone: America/New_York",
        "\tzone: America/New_York",
        "Not YAML",
        "",
        near="\tzone",
    ),
    "bracket left open": Defect(
        "roles:\n", "roles: [\n", "Not YAML", "", near="  authority.accreditor:"
    ),
    "anchor": Defect(
        "jurisdiction: United States",
        "jurisdiction: &here United States",
        "anchors and aliases are not used here",
        "",
    ),
    "alias": Defect(
        "jurisdiction: United States, federal (proposed)",
        "jurisdiction: *here",
        "anchors and aliases are not used here",
        "",
    ),
    "tag": Defect(
        "jurisdiction: United States",
        "jurisdiction: !!str United States",
        "tags are not used here",
        "",
    ),
    "tag that would run code": Defect(
        "jurisdiction: United States, federal (proposed)",
        "jurisdiction: !!python/object/apply:os.getcwd []",
        "tags are not used here",
        "",
    ),
    "two documents in one file": Defect(
        "time:\n  zone", "---\ntime:\n  zone", "Not YAML", "", near="---"
    ),
    "control character": Defect(
        "jurisdiction: United", "jurisdiction: \x07United", "special characters", ""
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_book_with_one_defect_is_refused_for_it_at_its_place(name: str) -> None:
    defect = DEFECTS[name]
    assert BOOK.count(defect.old) == 1, f"stands {BOOK.count(defect.old)} times in the book"
    text = BOOK.replace(defect.old, defect.new)
    with pytest.raises(RulebookError) as refusal:
        read_rulebook(text.encode(), "broken.yaml")
    error = refusal.value
    assert defect.says in str(error)
    assert error.do, "it does not say what to do"
    place = re.fullmatch(
        r"broken\.yaml:(\d+)(?: \((.+?)\))?(?:, line \d+, column \d+)?", error.where or ""
    )
    assert place, f"it does not say where: {error.where}"
    assert (place[2] or "") == defect.at
    line = text.splitlines()[int(place[1]) - 1]
    near = defect.near or _changed(defect)
    assert near in line, f"line {place[1]} is {line!r}"


def _changed(defect: Defect) -> str:
    """The first line of the edit that differs from what stood there."""
    old, new = defect.old.splitlines(), defect.new.splitlines()
    for number, line in enumerate(new):
        if number >= len(old) or old[number] != line:
            return line
    return new[-1]
