"""Neither side can grind the draw: each plays its best strategy over many draws, and gains nothing.

A table plays the rules of `holdshort.docket.lots` and `drawing` with real commitments, real Merkle
roots and real consistency proofs. Every adversary wants one assessor, ``friend``, and may try TRIES
times wherever the rules let it try anything. Under the rules the winners come as the weights say
(chi-square, 99.9 %, DRAWS draws; the seeds are fixed, so the test is the same on every machine).
With any one rule taken away the same adversary gets its friend: so the test can fail.

That the docket keeps these rules is shown in `test_draw.py`.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest

from holdshort.docket.lots import commitment, draw
from holdshort.errors import RegisterError
from holdshort.register.merkle import Tree, leaf_hash, verify_consistency

POOL = {"friend": 1, "lab-b": 1, "lab-c": 2, "lab-d": 4}
DRAWS = 2_000
TRIES = 48
CHI_SQUARE = {2: 13.82, 3: 16.27}
"""99.9 % points, by degrees of freedom."""


@dataclass(frozen=True)
class Rules:
    """What the draw keeps. Each can be taken away."""

    commitments: bool = True
    """Values are committed to before any is known."""
    witness: bool = True
    """A cosigned checkpoint over both commitments is out before anyone reveals."""
    seed_of_root: bool = True
    """The seed takes the root after both commitments, and no byte of the cosignatures."""
    pool_settled: bool = True
    """Who is in the draw is settled with the second commitment."""
    refusal_binds: bool = True
    """Whoever does not reveal gets no other draw."""


SOUND = Rules()


class Chance:
    """Values that nobody could know before: a stream fixed by the number of the draw."""

    def __init__(self, number: int) -> None:
        self._number, self._at = number, count()

    def value(self) -> bytes:
        return hashlib.sha256(f"{self._number} {next(self._at)}".encode()).digest()


@dataclass
class Table:
    """One draw on a log whose entries are byte strings."""

    rules: Rules
    chance: Chance
    pool: dict[str, int]
    entries: list[bytes] = field(default_factory=list)
    witnessed: tuple[int, bytes] | None = None
    size: int = 0

    def tree(self) -> Tree:
        return Tree(map(leaf_hash, self.entries))

    def commit(self, developer: bytes, authority: bytes) -> None:
        """Both commit; the second commitment fixes size and root, and a witness sees it."""
        self.entries += [self.chance.value() for _ in range(3)]  # what went before
        for value in (developer, authority):
            self.entries.append(commitment(value).encode() if self.rules.commitments else b"ready")
        self.size = len(self.entries)
        if self.rules.witness:
            self.witnessed = self.size, self.tree().root()

    def accepted(self, tree: Tree) -> bool:
        """Whether a history goes together with what the witness has cosigned."""
        if self.witnessed is None:
            return True
        size, root = self.witnessed
        try:
            verify_consistency(size, len(tree), tree.consistency(size), root, tree.root())
        except RegisterError:
            return False
        return True

    def winner(self, developer: bytes, authority: bytes, tree: Tree, cosignature: bytes) -> str:
        root = tree.root(self.size)
        if not self.rules.seed_of_root:
            root = hashlib.sha256(root + cosignature).digest()
        return draw(developer, authority, self.size, root, self.pool).winner


# ---------------------------------------------------------------------- the adversaries

Strategy = Callable[[Table], str | None]
"""Plays one draw to its end; who is assigned, or None if the review stands still."""


def honestly(table: Table) -> str | None:
    ours, theirs = table.chance.value(), table.chance.value()
    table.commit(ours, theirs)
    return table.winner(ours, theirs, table.tree(), table.chance.value())


def last_to_reveal(table: Table) -> str | None:
    """The developer alone: it reveals last, so it tries whatever value the rules let it show."""
    ours, theirs = table.chance.value(), table.chance.value()
    table.commit(ours, theirs)
    tree, cosigned = table.tree(), table.chance.value()
    choices = [ours] if table.rules.commitments else [table.chance.value() for _ in range(TRIES)]
    return best(table.winner(mine, theirs, tree, cosigned) for mine in choices)


def refusing(table: Table) -> str | None:
    """The developer alone: it refuses where it dislikes the winner, and asks for another."""
    for _ in range(TRIES):
        won = honestly(table)
        if won == "friend":
            return won
        if table.rules.refusal_binds:
            return None  # its own model stands still, and it declares no other
    return won


def first_to_reveal(table: Table) -> str | None:
    """The Agency alone: it commits last, to the value that is best by all that it knows then."""
    theirs, unknown = table.chance.value(), table.chance.value()
    known = unknown if table.rules.commitments else theirs  # it must guess what it cannot see
    guess = Table(table.rules, Chance(-1), table.pool)
    guess.commit(known, known)
    choices = [table.chance.value() for _ in range(TRIES)]
    ours = next(
        (v for v in choices if guess.winner(known, v, guess.tree(), b"") == "friend"), choices[0]
    )
    if not table.rules.commitments:
        return best(
            guess.winner(theirs, value, guess.tree(), b"") for value in choices
        )  # nothing binds it to one
    table.commit(theirs, ours)
    return table.winner(theirs, ours, table.tree(), table.chance.value())


def rewriting(table: Table) -> str | None:
    """Either side with the operator: the log is written anew once both values are known."""
    ours, theirs = table.chance.value(), table.chance.value()
    table.commit(ours, theirs)
    histories = [table.entries]
    histories += [[table.chance.value(), *table.entries[1:]] for _ in range(TRIES)]
    trees = [Tree(map(leaf_hash, history)) for history in histories]
    return best(
        table.winner(ours, theirs, tree, table.chance.value())
        for tree in trees
        if table.accepted(tree)
    )


def ordering(table: Table) -> str | None:
    """Either side with the operator: what goes before the second commitment is chosen at will."""
    ours, theirs = table.chance.value(), table.chance.value()
    blind = table.chance.value()  # the other's value is not known yet: it is guessed
    tries = []
    for _ in range(TRIES):
        trial = Table(table.rules, table.chance, table.pool)
        trial.commit(ours, theirs)
        tries.append((trial.winner(ours, blind, trial.tree(), b"") == "friend", trial))
    chosen = max(tries, key=lambda each: each[0])[1]
    return chosen.winner(ours, theirs, chosen.tree(), table.chance.value())


def asking_again(table: Table) -> str | None:
    """Either side with the operator: the witness is asked again and again for its cosignature."""
    ours, theirs = table.chance.value(), table.chance.value()
    table.commit(ours, theirs)
    return best(
        table.winner(ours, theirs, table.tree(), table.chance.value()) for _ in range(TRIES)
    )


def stepping_aside(table: Table) -> str | None:
    """Either side with lab-b, which says that it has a conflict after all where it is drawn."""
    won = honestly(table)
    if won != "lab-b":
        return won
    left = {party: weight for party, weight in table.pool.items() if party != "lab-b"}
    return honestly(Table(table.rules, table.chance, left))


def leaving(table: Table) -> str | None:
    """Either side with lab-c and lab-d, which leave before the winner is named."""
    ours, theirs = table.chance.value(), table.chance.value()
    table.commit(ours, theirs)
    tree, cosigned = table.tree(), table.chance.value()
    found = []
    for gone in ((), ("lab-c",), ("lab-d",), ("lab-c", "lab-d")):
        left = {party: weight for party, weight in table.pool.items() if party not in gone}
        pool = table.pool if table.rules.pool_settled else left
        seated = Table(table.rules, table.chance, pool, table.entries, table.witnessed, table.size)
        found.append(seated.winner(ours, theirs, tree, cosigned))
    return best(iter(found))


def best(found: Iterator[str]) -> str:
    """The friend, if it won anywhere; else whoever won at last."""
    won = ""
    for won in found:
        if won == "friend":
            break
    return won


# ---------------------------------------------------------------------- what becomes of it


def assigned(strategy: Strategy, rules: Rules) -> Counter[str | None]:
    return Counter(strategy(Table(rules, Chance(number), dict(POOL))) for number in range(DRAWS))


def chi_square(won: Counter[str | None], pool: dict[str, int]) -> float:
    drawn, total = sum(won[party] for party in pool), sum(pool.values())
    expected = {party: drawn * weight / total for party, weight in pool.items()}
    return sum((won[party] - expected[party]) ** 2 / expected[party] for party in pool)


@pytest.mark.parametrize(
    "strategy",
    [
        honestly,
        last_to_reveal,
        first_to_reveal,
        rewriting,
        ordering,
        asking_again,
        leaving,
    ],
    ids=lambda strategy: strategy.__name__,
)
def test_under_the_rules_winners_come_as_the_weights_say(strategy: Strategy) -> None:
    won = assigned(strategy, SOUND)
    assert sum(won.values()) == DRAWS
    assert chi_square(won, POOL) < CHI_SQUARE[len(POOL) - 1]


def test_a_developer_that_refuses_is_assigned_its_friend_no_more_often() -> None:
    won = assigned(refusing, SOUND)
    odds = POOL["friend"] / sum(POOL.values())
    spread = (DRAWS * odds * (1 - odds)) ** 0.5
    assert abs(won["friend"] - DRAWS * odds) < 3.3 * spread  # 99.9 % of the binomial
    assert won[None] == DRAWS - won["friend"]  # and else its own model stands still


def test_an_assessor_that_steps_aside_changes_no_more_than_if_it_had_stayed_away() -> None:
    won = assigned(stepping_aside, SOUND)
    without = {party: weight for party, weight in POOL.items() if party != "lab-b"}
    assert won["lab-b"] == 0
    assert chi_square(won, without) < CHI_SQUARE[len(without) - 1]


@pytest.mark.parametrize(
    ("strategy", "rules"),
    [
        (last_to_reveal, Rules(commitments=False)),
        (first_to_reveal, Rules(commitments=False)),
        (refusing, Rules(refusal_binds=False)),
        (rewriting, Rules(witness=False)),
        (asking_again, Rules(seed_of_root=False)),
    ],
    ids="last-without-commitments second-without-commitments refusing-for-another "
    "rewriting-unwitnessed cosignature-in-the-seed".split(),
)
def test_with_a_rule_less_the_same_adversary_gets_its_friend(
    strategy: Strategy, rules: Rules
) -> None:
    won = assigned(strategy, rules)
    assert won["friend"] > 0.99 * DRAWS
    assert chi_square(won, POOL) > CHI_SQUARE[len(POOL) - 1]


def test_with_a_pool_that_is_not_settled_those_who_leave_choose_for_the_others() -> None:
    won = assigned(leaving, Rules(pool_settled=False))
    assert won["friend"] > 2 * assigned(leaving, SOUND)["friend"]
    assert chi_square(won, POOL) > CHI_SQUARE[len(POOL) - 1]
