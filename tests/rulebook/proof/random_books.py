"""Random small rulebooks, as text: well-formed, and as often sound as not.

A book has a register, a *matter*, and perhaps a *measure* that concerns a matter. Facts, guards,
settings, clocks, parts and limits are drawn at random, from few names, so that they meet. A limit
on a state is drawn first; each act that leads there then gets the guard that keeps it, or does not.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml
from hypothesis import strategies as st

from holdshort.rulebook.vocabulary import ACTIVITIES

AREAS = ("east", "west")
ROLES = ("authority.registrar", "authority.officer", "court", "developer")
ACTORS = ("authority.officer", "court", "developer", "authority")
DATES = (date(2026, 1, 1), date(2026, 7, 1))
PICKS = ("a", "b", "c")
WAYS = ("api", "product")
GRADES = ("none", "good", "bad")
CHECKS = ("sworn", "heard")
FIELDS: dict[str, dict[str, Any]] = {
    "ok": {"type": "bool"},
    "pick": {"type": "one_of", "values": list(PICKS)},
    "area": {"type": "area"},
    "grade": {"type": "one_of", "values": list(GRADES)},
    "number": {"type": "integer"},
    "scope": {"type": "list of area"},
    "ways": {"type": "list of one_of", "values": list(WAYS)},
    "moment": {"type": "instant"},
}
FACTS: dict[str, dict[str, Any]] = {
    "flag": {"type": "bool", "default": False},
    "sign": {"type": "bool"},
    "pick": {"type": "one_of", "values": list(PICKS), "default": "a"},
    "mood": {"type": "one_of", "values": list(PICKS)},
    "mark": {"type": "one_of", "values": list(GRADES), "per": "area", "default": "none"},
    "note": {"type": "one_of", "values": list(GRADES), "per": "area"},
    "count": {"type": "integer", "default": 0},
    "tally": {"type": "integer"},
    "scope": {"type": "list of area", "default": []},
    "ways": {"type": "list of one_of", "values": list(WAYS), "default": ["api"]},
    "means": {"type": "list of one_of", "values": list(WAYS)},
    "since": {"type": "instant"},
}
NEEDS = {
    "flag": (),
    "sign": ("ok",),
    "pick": ("pick",),
    "mood": ("pick",),
    "mark": ("area", "grade"),
    "note": ("area", "grade"),
    "count": (),
    "tally": ("number",),
    "scope": ("scope",),
    "ways": ("ways",),
    "means": ("ways",),
    "since": ("moment",),
    "coverage": (),
}
"""Fields from which a fact is set."""
LISTED = ("mark", "note", "scope", "ways", "means")
COVERAGE = {"type": "one_of", "values": ["covered", "not covered", "indeterminate"]}
SAYS = {"says": "It is so.", "cite": "house, drawn at random"}

Draw = Any


class _Words:
    """Formulas over what may be read at one place."""

    def __init__(
        self,
        draw: Draw,
        facts: Mapping[str, list[str]],
        *,
        fields: tuple[str, ...] = (),
        states: tuple[str, ...] = (),
        duties: tuple[str, ...] = (),
        checks: bool = False,
        values: bool = True,
    ) -> None:
        self.draw = draw
        self.facts = facts  # by record: case, matter
        self.fields, self.states, self.duties = fields, states, duties
        self.checks, self.values = checks, values

    def formula(self, depth: int = 2) -> str:
        shape = self.draw(st.sampled_from("atom atom and or not".split())) if depth else "atom"
        match shape:
            case "and" | "or":
                sign = "&&" if shape == "and" else "||"
                return f"({self.formula(depth - 1)} {sign} {self.formula(depth - 1)})"
            case "not":
                return f"!({self.formula(depth - 1)})"
        return str(self.draw(st.sampled_from(self.atoms())))

    def atoms(self) -> list[str]:
        found = [
            atom for record, names in self.facts.items() for atom in self._about(record, names)
        ]
        if self.states:
            found += [f"state == '{state}'" for state in self.states]
        found += [f"duty['{duty}'] == '{is_}'" for duty in self.duties for is_ in ("late", "met")]
        found += [f"check.{check}" for check in CHECKS if self.checks]
        if "ok" in self.fields:
            found += ["act.ok"]
        if "pick" in self.fields:
            found += ["act.pick == 'a'", "act.pick in ['b', 'c']"]
        if "grade" in self.fields:
            found += ["act.grade == 'bad'"]
        if "number" in self.fields:
            found += ["act.number == 1", "act.number < value.most", "act.number % 2 == 0"]
        if "scope" in self.fields:
            found += ["'east' in act.scope", "size(act.scope) == 1", "act.scope[0] == 'west'"]
        if "ways" in self.fields:
            found += ["'api' in act.ways", "act.ways.all(w, w == 'product')", "size(act.ways) > 1"]
            found += ["act.ways == ['api', 'product']"]
        if "moment" in self.fields:
            found += ["act.moment < '2000-01-01T00:00:00Z'"]
        return found or ["true"]

    def _about(self, record: str, names: list[str]) -> list[str]:
        found = []
        for name in names:
            path = f"{record}.{name}"
            match name:
                case "flag" | "sign":
                    found += [path, f"!{path}", f"has({path})"]
                case "pick" | "mood":
                    found += [f"{path} == 'a'", f"{path} in ['a', 'b']", f"{path} != 'c'"]
                    if "pick" in self.fields:
                        found += [f"{path} == act.pick"]
                case "mark" | "note":
                    found += [
                        f"areas.exists(a, {path}[a] == 'bad')",
                        f"areas.all(a, {path}[a] != 'none')",
                        f"{path}['east'] == 'good'",
                    ]
                    if "area" in self.fields:
                        found += [f"{path}[act.area] == 'bad'"]
                case "count" | "tally":
                    found += [f"{path} == 0", f"{path} + 1 > 1"]
                    if self.values:
                        found += [f"{path} < value.most"]
                    if "number" in self.fields:
                        found += [f"{path} <= act.number"]
                case "scope":
                    found += [f"'west' in {path}", f"areas.all(a, a in {path})"]
                    found += [f"{path} != areas", f"{path}.exists_one(a, a != 'east')"]
                    if "area" in self.fields:
                        found += [f"act.area in {path}"] * 2 + [f"{path} == [act.area]"]
                    if "scope" in self.fields:
                        found += [f"act.scope == {path}"]
                case "ways" | "means":
                    found += [f"'api' in {path}", f"{path}.exists(w, w != 'api')"]
                    found += [f"{path} == []", f"has({path})", f"{path}[0] == 'product'"]
                    found += [f"(size({path}) > 1 ? [1, 0] : [1]).all(n, n > 0)"]
                    if "ways" in self.fields:
                        found += [f"act.ways.all(w, w in {path})", f"act.ways == {path}"]
                case "since":
                    found += [f"{path} > '2000-01-01T00:00:00Z'", f"has({path})"]
                    if "moment" in self.fields:
                        found += [f"act.moment >= {path}"]
                case "coverage":
                    found += [f"{path} == 'covered'", f"{path} != 'indeterminate'"]
        return found


class _Kind:
    """One kind of case, being drawn."""

    def __init__(self, draw: Draw, name: str, concerned: "_Kind | None", duties: tuple[str, ...]):
        self.draw, self.name, self.concerned, self.duties = draw, name, concerned, duties
        self.states = tuple("one two three four".split()[: draw(st.integers(2, 4))])
        names = draw(st.lists(st.sampled_from(sorted(FACTS)), min_size=1, max_size=3, unique=True))
        self.facts = list(names)
        self.covers = concerned is None and draw(st.integers(0, 4)) == 0
        if self.covers:
            self.facts.append("coverage")
        self.acts: dict[str, dict[str, Any]] = {}
        self.bound: list[str] = []
        self.reserved: dict[str, str] = concerned.reserved if concerned else {}

    def words(self, *, own: bool = True, **more: Any) -> _Words:
        facts = {"case": self.facts} if own else {}
        if self.concerned:
            facts[self.concerned.name] = self.concerned.facts
        states, duties = (self.states, self.duties) if own else ((), ())
        return _Words(self.draw, facts, states=states, duties=duties, **more)

    def chance(self, one_in: int) -> bool:
        return bool(self.draw(st.integers(1, one_in)) == 1)

    def fill(self, guards: Mapping[str, str]) -> None:
        """Draw the acts. ``guards``: by state, what those who lead there should ask."""
        self._opening(guards)
        # Each state is led to from an earlier one; then there are a few more acts.
        for number, state in enumerate(self.states[1:]):
            origin = self.draw(st.sampled_from(self.states[: number + 1]))
            self._act(f"go-{state}", [origin], state, guards)
        for number in range(self.draw(st.integers(0, 3))):
            origin = self.draw(
                st.lists(st.sampled_from(self.states), min_size=1, max_size=2, unique=True)
            )
            to = self.draw(st.sampled_from((None, None, *self.states)))
            self._act(f"do-{number}", origin, to, guards)

    def _opening(self, guards: Mapping[str, str]) -> None:
        self._act("open", ["none"], self.states[0], guards)
        act = self.acts["open"]
        if self.concerned:
            act.setdefault("fields", {})["concerns"] = {"type": "identifier", "says": "Which."}
        if self.covers:
            act["effect"] = "coverage"
            act.setdefault("fields", {})["model"] = {"type": "text", "says": "Its name."}

    def _act(self, name: str, origin: list[str], to: str | None, guards: Mapping[str, str]) -> None:
        draw = self.draw
        changed = draw(st.lists(st.sampled_from(self.facts), max_size=2, unique=True))
        extra = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=1))
        fields = tuple(dict.fromkeys([f for fact in changed for f in NEEDS[fact]] + extra))
        act: dict[str, Any] = {"title": name, "by": draw(st.sampled_from(ACTORS)), "from": origin}
        if to:
            act["to"] = to
        told = {
            field: {
                **FIELDS[field],
                "says": "Said.",
                **({"optional": True} if self.chance(4) else {}),
            }
            for field in fields
        }
        if told:
            act["fields"] = told
        # Of a case that is not open yet nothing is known, so asking it would keep it closed.
        words = self.words(own=name != "open" or self.chance(8), fields=fields, checks=True)
        requires = []
        if to and to in guards and not self.chance(4):
            requires.append(guards[to])
        if self.chance(3):
            requires.append(words.formula())
        if self.chance(6):
            requires.append(f"check.{draw(st.sampled_from(CHECKS))}")
        if requires:
            act["requires"] = [{"if": each, **SAYS} for each in requires]
        sets = self._sets(words, fields, changed)
        if sets:
            act["sets"] = sets
        if to and self.chance(4):
            ends = draw(st.sampled_from(self.states))
            act["expires"] = {"within": self._long(), "to": ends, "cite": SAYS["cite"]}
        if self.chance(3):
            act["must_state"] = ["reasons"]
        self._parts(act, name)
        self.acts[name] = {**act, **SAYS}

    def _parts(self, act: dict[str, Any], name: str) -> None:
        """Who is bound to the case, and who may or may not act."""
        binds: list[str] = []
        if self.chance(3):
            binds = [self.draw(st.sampled_from(("holder", "second")))]
            act["binds"] = binds[0]
            if self.chance(3):
                act["binds"] = {binds[0]: "act.party"}
                act.setdefault("fields", {})["party"] = {"type": "identifier", "says": "Who."}
            self.bound += binds
            role = self.reserved.get(f"{self.name}.{binds[0]}")
            if role and not self.chance(6):
                act["by"] = role  # or else nobody could do this, and be that
        elsewhere = (
            [f"{self.concerned.name}.{part}" for part in self.concerned.bound]
            if self.concerned
            else []
        )
        known = sorted({*(self.bound if name != "open" else ()), *elsewhere})
        if known and self.chance(3):
            who = self.draw(st.sampled_from(known))
            part = who if "." in who else f"{self.name}.{who}"
            # What is reserved for one party, one role can do: the loader asks for that.
            act |= {"who": who, "by": self.reserved.setdefault(part, act["by"])}
        elif known and self.chance(4):  # not both: the prover does not follow who is whom
            act["not_by"] = [self.draw(st.sampled_from(known))]

    def _sets(self, words: _Words, fields: tuple[str, ...], changed: list[str]) -> dict[str, str]:
        draw, found = self.draw, {}
        for name in changed:
            target, values = name, []
            match name:
                case "flag" | "sign":
                    values = ["true", "false", words.formula(1)]
                    values += ["act.ok", "act.ok"] if "ok" in fields else []
                case "pick" | "mood":
                    values = [f"case.{each}" for each in self.facts if each in ("pick", "mood")]
                    if "pick" in fields:
                        values += ["act.pick"] * 4
                        values += [f"{words.formula(1)} ? act.pick : case.{name}"]
                case "mark" | "note":
                    areas = ["areas[0]", "areas[1]"] + (
                        ["act.area"] * 4 if "area" in fields else []
                    )
                    target = f"{name}[{draw(st.sampled_from(areas))}]"
                    values = [f"case.{name}[areas[0]]"]
                    values += ["act.grade"] * 4 if "grade" in fields else []
                case "count" | "tally":
                    values = ["0", "1", "value.most"]
                    values += [f"{words.formula(1)} ? case.{name} : 1"]
                    values += ["act.number", "act.number"] if "number" in fields else []
                case "scope":
                    values = ["areas", "act.scope", "act.scope", "act.scope", "act.scope"]
                    values += ["[act.area]"] if "area" in fields else []
                    values += [f"{words.formula(1)} ? act.scope : case.scope"]
                case "ways" | "means":
                    values = ["[]", "['api', 'product']"]
                    values += [f"case.{each}" for each in self.facts if each in ("ways", "means")]
                    values += ["act.ways"] * 4 if "ways" in fields else []
                case "since":
                    values = ["act.moment"]
            if values:
                found[target] = draw(st.sampled_from(values))
        return found

    def _long(self) -> dict[str, Any]:
        amounts = ({"amount": 30, "unit": "days"}, {"amount": 2, "unit": "months"})
        short = {"amount": 36, "unit": "hours"}
        return dict(self.draw(st.sampled_from((*amounts, *amounts, short))))

    def told(self) -> dict[str, Any]:
        facts = {
            name: {**(COVERAGE if name == "coverage" else FACTS[name]), "says": "Kept."}
            for name in self.facts
        }
        concerns = {"concerns": self.concerned.name} if self.concerned else {}
        return {
            "title": self.name,
            **concerns,
            "states": list(self.states),
            "facts": facts,
            "acts": self.acts,
        }


def _limits(kind: _Kind, kept: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Limits of each form on one kind of case."""
    draw, name = kind.draw, kind.name
    limits: dict[str, dict[str, Any]] = {}
    for state, formula in kept.items():
        limits[f"{name}-keeps-{state}"] = {"always": f"state != '{state}' || {formula}"}
    if kind.chance(3):
        limits[f"{name}-always"] = {"always": kind.words().formula()}
    if kind.chance(2):
        act = draw(st.sampled_from(sorted(set(kind.acts) - {"open"}) or ["open"]))
        origin = draw(st.sampled_from(kind.acts[act]["from"]))
        while_ = f"state == '{origin}'" if origin != "none" else "false"
        if kind.chance(3):
            while_ += f" && {kind.words().formula(1)}"
        limits[f"{name}-open"] = {"enabled": {"act": act, "while": while_}}
    if kind.chance(2):
        entering: dict[str, Any] = {"states": [draw(st.sampled_from(kind.states[1:]))]}
        what = draw(st.sampled_from(("by", "must_state", "lapses")))
        by = [act["by"] for act in kind.acts.values() if act.get("to") in entering["states"]]
        entering |= {
            "by": {"by": draw(st.sampled_from(by))},
            "must_state": {"must_state": ["reasons"]},
            "lapses": {"lapses": True},
        }[what]
        limits[f"{name}-entering"] = {"entering": entering}
    if kind.chance(6):
        limits[f"{name}-equal"] = {"equal": True}
    return {id_: {"case": name, **limit, **SAYS} for id_, limit in limits.items()}


def _events(kinds: list[_Kind]) -> dict[str, dict[str, Any]]:
    """What happens at a moment that an act states, or when it is filed."""
    found = {}
    for kind in kinds:
        recorded = {
            f"{kind.name}.{name}": "moment"
            for name, act in kind.acts.items()
            if not act.get("fields", {}).get("moment", {"optional": True}).get("optional")
        }
        if recorded:
            last = f"{kind.name}.{list(kind.acts)[-1]}"
            found[f"{kind.name}-happened"] = {"recorded_by": {last: "filed", **recorded}, **SAYS}
    return found


def _duties(
    draw: Draw, names: tuple[str, ...], kinds: list[_Kind], events: Mapping[str, list[str]]
) -> dict[str, dict[str, Any]]:
    found = {}
    for name in names:
        kind = draw(st.sampled_from(kinds))
        acts = [f"{kind.name}.{act}" for act in kind.acts]
        duty: dict[str, Any] = {
            "owed_by": draw(st.sampled_from(ACTORS)),
            "owed_to": "everyone",
            "starts": draw(st.sampled_from([*acts, *events.get(kind.name, ())])),
            "within": draw(
                st.sampled_from(
                    (
                        {"amount": 5, "unit": "days"},
                        {"amount": 10, "unit": "days"},
                        {"amount": 12, "unit": "hours"},
                        {"amount": 3, "unit": "months"},
                        "unknown",
                    )
                )
            ),
        }
        if draw(st.booleans()):
            duty["met_by"] = [draw(st.sampled_from(acts))]
        plain = [fact for fact in kind.facts if fact not in LISTED]
        if plain and draw(st.integers(1, 3)) == 1:
            duty["when"] = _Words(draw, {"case": plain}, values=False).formula(1)
        found[name] = {**duty, **SAYS}
    return found


@st.composite
def texts(draw: Draw) -> bytes:
    """A rulebook, as its file."""
    duties = ("answer", "report")[: draw(st.integers(0, 2))]
    matter = _Kind(draw, "matter", None, duties)
    kinds = [matter]
    if draw(st.booleans()):
        kinds.append(_Kind(draw, "measure", matter, duties))
    limits: dict[str, Any] = {}
    for kind in kinds:
        guarded = draw(st.lists(st.sampled_from(kind.states[1:]), max_size=2, unique=True))
        kept = {state: kind.words().formula(1) for state in guarded}
        kind.fill(kept)
        limits |= _limits(kind, kept)
    if not limits:
        limits["equal"] = {"case": "matter", "equal": True, **SAYS}
    events = _events(kinds)
    happened = {id_.partition("-")[0]: [id_] * 2 for id_ in events}
    return written(
        {kind.name: kind.told() for kind in kinds},
        limits,
        events=events,
        duties=_duties(draw, duties, kinds, happened),
    )


def written(
    cases: Mapping[str, Any],
    limits: Mapping[str, Any],
    *,
    events: Mapping[str, Any] | None = None,
    duties: Mapping[str, Any] | None = None,
) -> bytes:
    """The file of a rulebook with these kinds of case and limits."""
    book = {
        **_HEAD,
        "events": dict(events or {}),
        "duties": dict(duties or {}),
        "checks": {check: dict(SAYS) for check in CHECKS},
        "cases": {"register": _REGISTER, **cases},
        "gate": {"regime": "none", "undecided": "serve", **SAYS},
        "limits": dict(limits),
        "penalties": {},
    }
    return yaml.dump(book, Dumper=_Plain, sort_keys=False).encode()


class _Plain(yaml.SafeDumper):
    """Without anchors: a rulebook has none."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_HEAD: dict[str, Any] = {
    "rulebook": "random",
    "title": "A random book",
    "version": "1",
    "jurisdiction": "nowhere",
    "status": [{"is": "proposal", "since": DATES[0], "cite": SAYS["cite"]}],
    "sources": {
        "house": {"title": "Chance", "url": "https://holdshort.dev", "confidence": "choice"}
    },
    "time": {
        "zone": "America/New_York",
        "day_ends": "23:59:59",
        "calendars": {},
        "cite": SAYS["cite"],
    },
    "roles": {role: {"says": "Someone."} for role in ROLES},
    "areas": {area: {"title": area, **SAYS} for area in AREAS},
    "facts": {
        "model.size": {
            "type": "number",
            "unit": "FLOP",
            "attested_by": "developer",
            "says": "Size.",
        }
    },
    "values": {
        "most": {
            "unit": "1",
            "says": "The most.",
            "history": [
                {"from": since, "value": value, "cite": SAYS["cite"]}
                for since, value in zip(DATES, (1, 3), strict=True)
            ],
        }
    },
    "coverage": {
        "when": "model.size > value.most",
        "compute_counts": {
            "totals": {"all": dict(SAYS)},
            "counts": dict.fromkeys(ACTIVITIES, "unknown"),
            "margin": "unknown",
            **SAYS,
        },
        "otherwise": dict(SAYS),
        **SAYS,
    },
}

_REGISTER: dict[str, Any] = {
    "title": "The register",
    "states": ["open"],
    "acts": {
        "charter": {
            "title": "Open",
            "by": "authority.registrar",
            "from": "none",
            "to": "open",
            "effect": "charter",
            "fields": {
                "title": {"type": "text", "says": "Name."},
                "rehearsal": {"type": "bool", "says": "Rehearsal."},
                "rulebook": {"type": "object", "says": "Law."},
                "status_minutes": {"type": "integer", "says": "Minutes."},
                "witness_policy": {"type": "text", "says": "Witnesses."},
                "root": {"type": "object", "says": "Root."},
                "registrar": {"type": "object", "says": "Registrar."},
                "log_key": {"type": "object", "says": "Key."},
            },
            **SAYS,
        },
        "enrol": {
            "title": "Enrol",
            "by": "authority.registrar",
            "from": "open",
            "effect": "enrol",
            "fields": {
                "party": {"type": "identifier", "says": "Id."},
                "name": {"type": "text", "says": "Name."},
                "role": {"type": "role", "says": "Role."},
                "keys": {"type": "list", "says": "Keys."},
            },
            **SAYS,
        },
    },
}
