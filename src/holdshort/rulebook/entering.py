"""What it takes to come into a state of an ``entering`` limit: by an act, or by a lapse.

A lapse is nobody's act, but somebody's doing: it is laid to the acts that have it come. So a court
that gives someone thirty days, after which a bar begins by itself, has made that bar; a case
officer who does the same has made it too, and may not.
"""

from dataclasses import replace

from holdshort.rulebook.model import ActRule, CaseKind, Entering, Rulebook


def faults(book: Rulebook, act: ActRule, entering: Entering) -> list[str]:
    """What is missing when an act leads into a state, in words."""
    found = []
    others = [role for role in book.roles if act.permits(role) and not entering.permits(role)]
    if others:
        found.append(f"it is done by the {others[0]}, not by the {' or the '.join(entering.by)}")
    stated = {name for name, field in act.fields.items() if not field.optional}
    missing = [each for each in entering.must_state if each not in stated]
    found += [f"it states no {each.replace('_', ' ')}" for each in missing]
    if entering.lapses and (act.expires is None or act.expires.to in entering.states):
        found.append("what it leads to does not end by itself")
    return found


def wrong_lapses(book: Rulebook, kind: CaseKind, entering: Entering) -> dict[str, str]:
    """The states of an ``entering`` limit into which a case may not lapse, each with the reason.

    A lapse is laid to the acts that can have it come: each of them has to be done by whom the limit
    asks for, stating what it asks for, as if it led there at once. What is lapsed into does not
    lapse in turn.
    """
    found: dict[str, str] = {}
    for act in kind.acts.values():
        if act.expires is None or act.expires.to not in entering.states:
            continue
        told = faults(book, act, replace(entering, lapses=False))
        if entering.lapses:
            told.append("what it leads to does not end by itself")
        if told:
            found.setdefault(act.expires.to, f"{act.type} has it come by itself: {told[0]}")
    return found
