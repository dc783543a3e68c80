"""The lines of a trust policy and what they may say together — C2SP tlog-policy, "Syntax".

The rules of the file are kept by :class:`Draft`, line by line as a reader meets them, so that an
error can name its line. A policy made in a program goes through the same rules.

Names, URLs and comments are opaque: octets above 0x7F mean nothing and are kept as they are, also
where they are not UTF-8 (Python's ``surrogateescape``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from holdshort.errors import BadInput
from holdshort.register.cosignature import ML_DSA_44_COSIGNATURE, CosignatureVerifier
from holdshort.register.keys import PublicKey
from holdshort.register.note import ED25519, NoteVerifier, Vkey, by_line

NONE = "none"
"""The quorum that takes no cosignature."""

MAX_OF_A_KIND = 128
"""Most logs, witnesses and groups read; the specification asks for at least 32 of each."""

MAX_BYTES = 1 << 20

LogKey: TypeAlias = NoteVerifier | CosignatureVerifier
"""A log signs with Ed25519 (0x01) or, as tlog-checkpoint would rather have it, ML-DSA-44 (0x06)."""

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ITEM = re.compile(r"[^\x00-\x20\x7f]+")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,3}")

_FORMS = {
    "log": "log <vkey> [<url>]",
    "witness": "witness <name> <vkey> [<url>]",
    "group": "group <name> all|any|<k> <name>...",
    "quorum": "quorum <name>|none",
}


@dataclass(frozen=True)
class LogEntry:
    """A log that is trusted to be the one it names: its key name is the origin."""

    verifier: LogKey
    url: str | None = None


@dataclass(frozen=True)
class WitnessEntry:
    """A witness, by its name in the policy."""

    name: str
    verifier: CosignatureVerifier
    url: str | None = None

    @property
    def stated_operator(self) -> str | None:
        """What stands before the first ``/`` of its name in the policy, if there is one."""
        before, slash, _ = self.name.partition("/")
        return before if slash else None

    @property
    def host(self) -> str:
        """What stands before the first ``/`` of its key name, in lower case."""
        return self.verifier.name.partition("/")[0].lower()

    @property
    def operator(self) -> str:
        """Who runs it, as far as a policy can tell: the stated operator, or else the host."""
        return self.stated_operator or self.host


@dataclass(frozen=True)
class Group:
    """At least ``k`` of ``members``, each the name of a witness or of an earlier group."""

    name: str
    k: int
    members: tuple[str, ...]


@dataclass
class Draft:
    """A policy as far as it has been read; each method refuses what may not follow."""

    logs: list[LogEntry] = field(default_factory=list)
    witnesses: list[WitnessEntry] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    _operators: dict[str, frozenset[str]] = field(default_factory=dict)
    _group_of: dict[str, str] = field(default_factory=dict)
    _keys: dict[PublicKey, str] = field(default_factory=dict)

    def add_log(self, log: LogEntry) -> None:
        """A log; BadInput if its key is another log's, or a witness's."""
        _check_count(self.logs, "logs")
        _check_item(log.url)
        self._take_key(log.verifier, f"the log {log.verifier.name}")
        self.logs.append(log)

    def add_witness(self, witness: WitnessEntry) -> None:
        """A witness; BadInput if its name or its key is taken, or its operator unclear."""
        _check_count(self.witnesses, "witnesses")
        self._check_new(witness.name)
        _check_item(witness.url)
        self._check_operator(witness)
        self._take_key(witness.verifier, f"the witness {witness.name}")
        self.witnesses.append(witness)
        self._operators[witness.name] = frozenset({witness.operator})

    def add_group(self, group: Group) -> None:
        """A group; BadInput if a member is unknown or taken, or an operator would count twice."""
        _check_count(self.groups, "groups")
        self._check_new(group.name)
        for at, member in enumerate(group.members):
            self._check_defined(member)
            if member in group.members[:at]:
                raise BadInput(f"{member} is listed twice in the group {group.name}.")
            if member in self._group_of:
                raise BadInput(
                    f"{member} is a member of the group {self._group_of[member]} already."
                )
        if not 1 <= group.k <= len(group.members):
            raise BadInput(f"The group {group.name} cannot take {group.k} of {len(group.members)}.")
        if group.k > 1:
            self._check_disjoint(group)
        self._group_of |= dict.fromkeys(group.members, group.name)
        self._operators[group.name] = frozenset().union(
            *(self._operators[member] for member in group.members)
        )
        self.groups.append(group)

    def set_quorum(self, name: str) -> None:
        """The quorum; BadInput if there is one already, or nothing of that name."""
        if self.quorum is not None:
            raise BadInput(f"There is a quorum already: {self.quorum}.")
        if name != NONE:
            self._check_defined(name)
        self.quorum = name

    def _check_new(self, name: str) -> None:
        _check_item(name)
        if name == NONE:
            raise BadInput("The name 'none' is that of the quorum that takes no cosignature.")
        if name in self._operators:
            raise BadInput(f"The name {name} is given twice.")

    def _check_defined(self, name: str) -> None:
        if name not in self._operators:
            raise BadInput(f"No witness or group named {name!r} stands before this line.")

    def _check_operator(self, witness: WitnessEntry) -> None:
        """Two witnesses of one host must both state their operators, or neither.

        Else ``acme/rome`` (operator acme) and ``oslo`` (operator: its host, acme.example) would
        pass for two.
        """
        if witness.stated_operator == "":
            raise BadInput(f"The witness {witness.name} states no operator before its '/'.")
        for other in self.witnesses:
            stated = (witness.stated_operator is None, other.stated_operator is None)
            if witness.host == other.host and stated[0] != stated[1]:
                raise BadInput(
                    f"{other.name} and {witness.name} are both of {witness.host}, and one of them "
                    "states no operator.",
                    do="Name both as operator/witness.",
                )

    def _check_disjoint(self, group: Group) -> None:
        seen: dict[str, str] = {}
        for member in group.members:
            for operator in sorted(self._operators[member]):
                if operator in seen:
                    raise BadInput(
                        f"The operator {operator} stands behind both {seen[operator]} and {member} "
                        f"and would count twice in the group {group.name}.",
                        do="Put the witnesses of one operator into a group of 'any'.",
                    )
                seen[operator] = member

    def _take_key(self, key: LogKey, what: str) -> None:
        """The same key under another name or type is still the same key ("duplicate")."""
        if key.public in self._keys:
            raise BadInput(f"The key of {what} is that of {self._keys[key.public]} already.")
        others: list[LogKey] = [each.verifier for each in self.logs]
        others += [each.verifier for each in self.witnesses]
        by_line([*others, key])
        self._keys[key.public] = what


def read(text: str | bytes, where: str, log: LogKey | None) -> Draft:
    """Read a policy file; BadInput names the line. ``log`` stands in for its ``log`` lines."""
    if len(text) > MAX_BYTES:
        raise BadInput(f"The policy is larger than {MAX_BYTES} bytes.", where=where)
    whole = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    lines = whole.split("\n")
    if lines.pop():
        raise BadInput(
            "The last line does not end in a newline.",
            where=f"{where}, line {len(lines) + 1}",
            do="Make sure that the file was not cut short.",
        )
    draft = Draft()
    if log:
        draft.add_log(LogEntry(log))
    for number, line in enumerate(lines, 1):
        try:
            _read_line(draft, line, log)
        except BadInput as error:
            error.where = f"{where}, line {number}"
            raise
    if draft.quorum is None:
        raise BadInput(
            "There is no quorum line.", where=where, do="Add one; 'quorum none' asks for nobody."
        )
    return draft


def write(draft: Draft) -> str:
    """The policy file, in one form: logs, witnesses, groups, quorum, without comments."""
    lines: list[tuple[str | None, ...]] = []
    lines += [("log", each.verifier.vkey, each.url) for each in draft.logs]
    lines += [("witness", each.name, each.verifier.vkey, each.url) for each in draft.witnesses]
    lines += [("group", each.name, _spell(each), *each.members) for each in draft.groups]
    lines += [("quorum", draft.quorum)]
    return "".join(" ".join(item for item in line if item) + "\n" for line in lines)


def _read_line(draft: Draft, line: str, log: LogKey | None) -> None:
    if _FORBIDDEN.search(line):
        raise BadInput("A control character stands here.")
    match [item for item in re.split(r"[ \t]+", line) if item]:
        case []:
            return
        case [first, *_] if first.startswith("#"):
            return
        case ["log", *_] if log is not None:
            raise BadInput(f"This policy is of the log {log.name}; it names no log itself.")
        case ["log", vkey, *url] if len(url) <= 1:
            draft.add_log(LogEntry(_log_key(vkey), *url))
        case ["witness", name, vkey, *url] if len(url) <= 1:
            verifier = CosignatureVerifier.from_vkey(vkey)
            draft.add_witness(WitnessEntry(name, verifier, *url))
        case ["group", name, threshold, *members] if members:
            draft.add_group(Group(name, _threshold(threshold, len(members)), tuple(members)))
        case ["quorum", name]:
            draft.set_quorum(name)
        case [keyword, *_]:
            form = _FORMS.get(keyword)
            raise BadInput(
                f"This is not a line of a policy: {line.strip()[:60]!r}.",
                do=f"Write: {form}" if form else f"A line begins with {', '.join(_FORMS)} or #.",
            )


def _log_key(line: str) -> LogKey:
    found = Vkey.parse(line)
    if found.type == ML_DSA_44_COSIGNATURE:
        return CosignatureVerifier.from_vkey(line)
    if found.type != ED25519:
        raise BadInput(
            f"A key of type {found.type:#04x} does not sign for a log.",
            where=found.name,
            do="Give an Ed25519 (0x01) or ML-DSA-44 (0x06) key.",
        )
    return NoteVerifier.from_vkey(line)


def _threshold(word: str, members: int) -> int:
    if word in ("all", "any"):
        return members if word == "all" else 1
    if not _THRESHOLD.fullmatch(word):
        raise BadInput(f"{word[:24]!r} is not 'all', 'any' or a number.")
    return int(word)


def _spell(group: Group) -> str:
    if group.k == len(group.members):
        return "all"
    return "any" if group.k == 1 else str(group.k)


def _check_item(item: str | None) -> None:
    if item is not None and not _ITEM.fullmatch(item):
        raise BadInput(f"{item!r} cannot stand in a policy: it has a space, or is empty.")


def _check_count(items: Sequence[object], what: str) -> None:
    if len(items) >= MAX_OF_A_KIND:
        raise BadInput(f"The policy has over {MAX_OF_A_KIND} {what}.")
