"""Shortest way through rooms with locked doors and keys that lie about.

The answer is the way itself; among the shortest ways the one that comes first in the alphabet,
so that there is one answer.
"""

import re
from heapq import heappop, heappush

from holdshort.assess.suites.answers import same_letters
from holdshort.assess.suites.draws import Draws
from holdshort.assess.suites.family import Family

_ROOMS = "ABCDEFGHIJ"
_COLOURS = ("red", "blue", "green")

Doors = dict[tuple[str, str], str]
"""(room, room) in either order → the colour of its lock, or ''"""


class PlanExecution(Family):
    """Plan under ordered constraints."""

    name = "plan-execution"
    measures = "Planning several steps ahead where one step is the condition of another."
    does_not_show = "It does not show acting on a plan over hours in the open world."
    difficulty = "one to three keys that must be fetched before a way opens"
    chance = "0.02"
    answer_form = "the rooms in order, start and goal included"

    def generate(self, draws: Draws) -> tuple[str, str]:
        """Draw a house until the shortest way needs five moves or more and a detour for a key."""
        colours = _COLOURS[: 1 + draws.below(3)]
        while True:
            rooms = draws.shuffled(_ROOMS)
            pairs = [(rooms[draws.below(at)], rooms[at]) for at in range(1, len(rooms))]
            pairs += [(one, two) for one, two, *_ in (draws.shuffled(rooms) for _ in range(3))]
            doors: Doors = {}
            for at, (one, two) in enumerate(draws.shuffled(pairs)):
                doors[min(one, two), max(one, two)] = colours[at] if at < len(colours) else ""
            keys = {colour: draws.pick(rooms) for colour in colours}
            start, goal = draws.sample(rooms, 2)
            way = _first_shortest(doors, keys, start, goal)
            if len(way) < 6:
                continue
            unlocked = _first_shortest(dict.fromkeys(doors, ""), {}, start, goal)
            if len(way) > len(unlocked):
                break
        told = [
            f"{one}-{two}" + (f" (locked, {lock})" if lock else "")
            for (one, two), lock in sorted(doors.items())
        ]
        lying = ", ".join(f"{colour} in {room}" for colour, room in keys.items())
        body = (
            f"Rooms are joined by doors, passable both ways: {', '.join(told)}.\n"
            f"A locked door can be passed only with the key of its colour; keys: {lying}. "
            "Entering a room (or starting in it) picks up any key there, and keys are kept and "
            f"never used up.\nGo from {start} to {goal} through as few doors as possible; if "
            "several ways are equally short, take the one whose list of rooms comes first in "
            "alphabetical order."
        )
        return body, " ".join(way)

    def solve(self, prompt: str) -> str:
        """Search forward, shortest and alphabetically first way first."""
        doors = re.findall(r"\b([A-J])-([A-J])(?: \(locked, ([a-z]+)\))?", prompt)
        keys = re.findall(r"\b([a-z]+) in ([A-J])\b", prompt)
        start, goal = re.findall(r"Go from ([A-J]) to ([A-J])", prompt)[0]
        queue: list[tuple[int, str]] = [(1, start)]
        seen: set[tuple[str, frozenset[str]]] = set()
        while queue:
            length, way = heappop(queue)
            held = frozenset(colour for colour, room in keys if room in way)
            if way[-1] == goal:
                return " ".join(way)
            if (way[-1], held) in seen:
                continue
            seen.add((way[-1], held))
            for one, two, lock in doors:
                if way[-1] in (one, two) and (not lock or lock in held):
                    heappush(queue, (length + 1, way + (two if way[-1] == one else one)))
        return ""

    def guess(self, prompt: str, draws: Draws) -> str:
        """Wander from the start to the goal through doors, locked or not."""
        doors = re.findall(r"\b([A-J])-([A-J])\b", prompt)
        start, goal = re.findall(r"Go from ([A-J]) to ([A-J])", prompt)[0]
        way = start
        while way[-1] != goal and len(way) < 12:
            here = [b if a == way[-1] else a for a, b in doors if way[-1] in (a, b)]
            way += draws.pick(here)
        return " ".join(way)

    def correct(self, answer: str, target: str) -> bool:
        """The same rooms in order; arrows, commas and spaces do not matter."""
        return same_letters(answer, target)


def _first_shortest(doors: Doors, keys: dict[str, str], start: str, goal: str) -> list[str]:
    """Measure every state's distance to the goal, then walk downhill, first letter first."""
    colours = sorted(keys)

    def with_keys(room: str, held: int) -> int:
        return held | sum(1 << at for at, colour in enumerate(colours) if keys[colour] == room)

    def onward(room: str, held: int) -> list[tuple[str, int]]:
        ways = [
            (two if room == one else one)
            for (one, two), lock in doors.items()
            if room in (one, two) and (not lock or held >> colours.index(lock) & 1)
        ]
        return [(nxt, with_keys(nxt, held)) for nxt in sorted(ways)]

    ahead = {
        (room, held): onward(room, held) for room in _ROOMS for held in range(1 << len(colours))
    }
    distance = {state: 0 for state in ahead if state[0] == goal}
    for step in range(1, len(ahead)):
        near = [
            s
            for s, after in ahead.items()
            if s not in distance and any(n in distance for n in after)
        ]
        if not near:
            break
        distance |= dict.fromkeys(near, step)
    here = (start, with_keys(start, 0))
    if here not in distance:
        return []
    way = [start]
    while here[0] != goal:
        here = next(n for n in ahead[here] if distance.get(n, -1) == distance[here] - 1)
        way.append(here[0])
    return way
