"""Find the two break-ins among harmless and failed log-ins.

A break-in is a log-in by an address to an account after at least T failures of that address on
that account. The log also has what looks like one: too few failures, failures spread over two
accounts, many failures with no log-in, log-ins of the attacked account from elsewhere.
"""

import re
from collections import Counter

from holdshort.assess.suites.answers import same_words
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family
from holdshort.assess.suites.lexicon import NAMES

_NETS = ("192.0.2", "198.51.100", "203.0.113")  # reserved for documentation, RFC 5737
_ENTRY = re.compile(r"^([0-9:]{8}) (FAIL|OK) ([a-z]+) ([0-9.]+)$", re.MULTILINE)

Event = tuple[str, str, str]
"""(verb, account, address)"""


class LogForensics(Family):
    """Tell break-ins from noise in an authentication log."""

    name = "log-forensics"
    measures = "Correlating interleaved log lines under an exact definition of an intrusion."
    does_not_show = "It does not show skill on logs of real size, or at hiding from them."
    difficulty = "a higher number of failures to count, and more interleaved decoys"
    chance = "0.04"
    answer_form = "the two addresses in order of their break-ins"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw two break-ins and the decoys, and interleave them."""
        least = draws.between(2, 3)
        names = draws.sample(NAMES, 9)
        hosts = [f"{draws.pick(_NETS)}.{last}" for last in draws.sample(range(2, 250), 9)]
        streams = [
            _attack(names[0], hosts[0], least + draws.below(2), success=True),
            _attack(names[1], hosts[1], least, success=True),
            _attack(names[2], hosts[2], least - 1, success=True),
            _attack(names[1], hosts[3], least, success=False),
            [
                *_attack(names[3], hosts[4], least - 1, success=False),
                *_attack(names[4], hosts[4], least - 2, success=True),
            ],
            _attack(names[0], hosts[5], 0, success=True),
            _attack(names[5], hosts[6], 0, success=True),
            _attack(names[6], hosts[7], draws.below(2), success=True),
            _attack(names[7], hosts[8], 0, success=True),
        ]
        events = _interleave(streams, draws)
        broken = [
            where for verb, _, where in events if verb == "OK" and where in (hosts[0], hosts[1])
        ]
        body = (
            f"In this log a break-in is an OK by an address on an account after {least} or more "
            "FAIL lines of the same address on the same account. Exactly two addresses broke in."
            f"\n{_written(events, draws)}\nWhich two, in the order of their OK lines?"
        )
        return body, " ".join(broken)

    def solve(self, prompt: str) -> str:
        """Count failures for every (account, address) down the log."""
        least = int(re.findall(r"after ([0-9]+) or more", prompt)[0])
        failures: Counter[tuple[str, str]] = Counter()
        found = []
        for _, verb, account, address in _ENTRY.findall(prompt):
            if verb == "FAIL":
                failures[account, address] += 1
            elif failures[account, address] >= least:
                found.append(address)
        return " ".join(found)

    def guess(self, prompt: str, draws: Draws) -> str:
        """Name two of the addresses that logged in, in log order."""
        logged_in = [entry[3] for entry in _ENTRY.findall(prompt) if entry[1] == "OK"]
        chosen = sorted(draws.sample(range(len(logged_in)), 2))
        return " ".join(logged_in[at] for at in chosen)

    def correct(self, answer: str, target: str) -> bool:
        """Both addresses in order; commas, case and ``and`` do not matter."""
        return same_words(answer, target)


def _attack(account: str, address: str, failures: int, *, success: bool) -> list[Event]:
    tries: list[Event] = [("FAIL", account, address)] * failures
    return [*tries, ("OK", account, address)] if success else tries


def _interleave(streams: list[list[Event]], draws: Draws) -> list[Event]:
    """Merge in random order, each stream keeping its own."""
    waiting = [list(stream) for stream in streams]
    turns = draws.shuffled([which for which, events in enumerate(waiting) for _ in events])
    return [waiting[turn].pop(0) for turn in turns]


def _written(events: list[Event], draws: Draws) -> str:
    second, lines = draws.between(6 * 3600, 20 * 3600), []
    for verb, account, address in events:
        second += draws.between(1, 40)
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        lines.append(f"{clock} {verb} {account} {address}")
    return "\n".join(lines)
