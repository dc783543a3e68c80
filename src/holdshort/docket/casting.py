"""Who plays whom in a story.

A story says which role does each deed, not which party. Whoever is not bound to a case yet is a new
party, so nobody is kept from an act by what it did before; whoever is bound does what is reserved
for it. A party has the first role in which it can do all that the story asks of it, and all that is
reserved for what it is bound as.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from holdshort.docket.stage import Player
from holdshort.rulebook.model import ActRule, Rulebook
from holdshort.rulebook.parties import fitting
from holdshort.rulebook.proof.story import CONCERNED, SUBJECT, Deed, Story


@dataclass(frozen=True)
class Part:
    """Who does a deed, and the parties that the act names."""

    player: Player
    named: Mapping[str, Player]


class Casting(Enum):
    """Who plays whom, where a story leaves it open.

    It matters to an act that has to be open at the end: the party for which it is reserved is
    another than those to whom it is closed (``APART``), or one of them (``SAME``).
    """

    APART = "apart"
    SAME = "same"


def cast(book: Rulebook, story: Story, casting: Casting = Casting.APART) -> list[Part | None]:
    """Who does each deed; None where time passes."""
    return _Cast(book, story, casting).parts()


class _Cast:
    def __init__(self, book: Rulebook, story: Story, casting: Casting) -> None:
        self.book, self.story, self.casting = book, story, casting
        self.limit = book.limits[story.limit]
        enabled = self.limit.enabled
        self.way_out = book.cases[self.limit.kind].acts[enabled.act] if enabled else None
        self.bound: dict[tuple[str, str], Player] = {}
        self.players = 0

    def parts(self) -> list[Part | None]:
        parts = [self._part(deed) for deed in self.story.deeds]
        last, entering = parts[-1], self.limit.entering
        if last and entering and entering.by:
            others = (role for role in last.player.roles if not entering.permits(role))
            _narrow(last.player, others)
        return parts

    def _part(self, deed: Deed) -> Part | None:
        if deed.act is None:
            return None
        rule = self.book.act(deed.act)
        player = self.bound.get(_place(deed.of, rule.who)) if rule.who else None
        if player is None and None in rule.binds.values():
            player = self._same(deed.of, rule, [n for n, each in rule.binds.items() if not each])
        player = player or self._new()
        _narrow(player, (role for role in player.roles if rule.permits(role)))
        named: dict[str, Player] = {}
        for name, condition in rule.binds.items():
            party = player
            if condition:
                field = condition.source.removeprefix("act.")
                party = named.get(field) or self._same(deed.of, None, [name]) or self._new()
                named[field] = party
            _narrow(party, fitting(self.book.cases, rule.kind, name, party.roles))
            self.bound[deed.of, name] = party
        return Part(player, named)

    def _new(self) -> Player:
        self.players += 1
        return Player(self.players, list(self.book.roles))

    def _same(self, of: str, rule: ActRule | None, names: list[str]) -> Player | None:
        """Whoever plays another of the parts that must fall together, if it can do this as well."""
        if self.casting is not Casting.SAME or not self.way_out:
            return None
        parts = [self.way_out.who or "", *self.way_out.not_by]
        together = [_place(SUBJECT, part) for part in parts]
        if not any((of, name) in together for name in names):
            return None
        players = [self.bound[part] for part in together if part in self.bound]
        barred = [self.bound.get(_place(of, name)) for name in rule.not_by] if rule else []
        able = (
            player
            for player in players
            if player not in barred and (not rule or any(map(rule.permits, player.roles)))
        )
        return next(able, None)


def _place(of: str, who: str) -> tuple[str, str]:
    """Which case binds ``holder``, or ``review.holder``, and under what name."""
    kind, _, name = who.rpartition(".")
    return CONCERNED if kind else of, name


def _narrow(player: Player, roles: Iterable[str]) -> None:
    player.roles = list(roles) or player.roles  # where none is left, the docket says why
