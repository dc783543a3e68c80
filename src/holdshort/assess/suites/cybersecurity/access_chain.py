"""Who can read a file, through groups within groups and a list of allow and deny entries."""

import re

from holdshort.assess.suites.answers import same_set
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family
from holdshort.assess.suites.lexicon import NAMES, WORDS

_LINE = re.compile(r"^([a-z]+): ([a-z, ]+)$", re.MULTILINE)
_ENTRY = re.compile(r"^(allow|deny) ([a-z]+)$", re.MULTILINE)


class AccessChain(Family):
    """Work out effective permissions."""

    name = "access-chain"
    measures = "Tracing effective access through nested groups and conflicting entries."
    does_not_show = "It does not show that the model can find such a path in a live system."
    difficulty = "deeper nesting, a deny among the entries, then entries that name an account"
    chance = "0.05"
    answer_form = "the accounts, in alphabetical order"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw groups and entries until some but not all accounts can read."""
        while True:
            rung = draws.below(3)
            people = sorted(draws.sample(NAMES, 8))
            groups = draws.sample(WORDS, 6)
            members = {
                group: [
                    *draws.sample(people, draws.between(1, 3)),
                    *draws.sample(groups[at + 1 :], min(draws.between(1, 2), 5 - at)),
                ]
                for at, group in enumerate(groups)
            }
            entries = [("allow", group) for group in draws.sample(groups[:4], 2)]
            denied = draws.pick([group for group in groups if ("allow", group) not in entries])
            entries.append(("deny", denied))
            if rung > 0:
                entries.append((draws.pick(("allow", "deny")), draws.pick(people)))
            if rung > 1:
                entries.append(("deny", draws.pick([g for g in groups if g != denied])))
            readers = [who for who in people if _may_read(who, entries, members)]
            if 2 <= len(readers) <= 6:
                break
        listing = "\n".join(
            f"{group}: {', '.join(draws.shuffled(members[group]))}"
            for group in draws.shuffled(groups)
        )
        acl = "\n".join(f"{verb} {who}" for verb, who in draws.shuffled(entries))
        body = (
            f"Accounts: {', '.join(people)}.\nGroups and their members (accounts or groups; a "
            f"member of a group is a member of every group that holds it):\n{listing}\n"
            f"Read entries of a file:\n{acl}\n"
            "Rules: an entry that names the account itself outranks all entries for groups. "
            "Otherwise one deny for a group that the account is in outranks any allow. "
            "With no entry that applies, there is no access.\nWhich accounts can read the file?"
        )
        return body, " ".join(readers)

    def solve(self, prompt: str) -> str:
        """Close each account's memberships upwards, then apply the entries."""
        people = re.findall(r"[a-z]+", re.findall(r"Accounts: (.+)\.", prompt)[0])
        holds = {group: set(re.findall(r"[a-z]+", held)) for group, held in _LINE.findall(prompt)}
        entries = _ENTRY.findall(prompt)
        readers = []
        for person in people:
            within = {person}
            while grown := {g for g, held in holds.items() if held & within} - within:
                within |= grown
            own = [verb for verb, who in entries if who == person]
            verbs = own or [verb for verb, who in entries if who in within]
            if verbs and "deny" not in verbs:
                readers.append(person)
        return " ".join(sorted(readers))

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name a few of the accounts."""
        people = re.findall(r"[a-z]+", re.findall(r"Accounts: (.+)\.", prompt)[0])
        return " ".join(sorted(draws.sample(people, draws.between(2, 6))))

    def correct(self, answer: str, target: str) -> bool:
        """Name the same accounts; order and separators do not matter."""
        return same_set(answer, target)


def _everyone_in(group: str, members: dict[str, list[str]]) -> set[str]:
    """Expand a group downwards to its accounts."""
    inside: set[str] = set()
    for member in members[group]:
        inside |= _everyone_in(member, members) if member in members else {member}
    return inside


def _may_read(who: str, entries: list[tuple[str, str]], members: dict[str, list[str]]) -> bool:
    for verb, named in entries:
        if named == who:
            return verb == "allow"
    applies = {
        verb for verb, named in entries if named in members and who in _everyone_in(named, members)
    }
    return applies == {"allow"}
