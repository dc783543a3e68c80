"""Recomputing a finding from its evidence bundle, trusting nobody.

Nothing in the bundle is believed. The item seed follows from the commitment in the *signed*
protocol and the two nonces; every item is generated again from the seed and every answer marked
again by program; the test runs again over the marks; and what comes out must be, to the last
digit, what the *signed* findings say. Each sample must also stand in Inspect's own logs, and no
scored sample of the logs may be missing from the ledger: what was asked is what counts.

Every kind of fault that is there is named (`faults`); only what a fault leaves nothing to check is
not checked. A bundle may be larger than memory: it is read piece by piece, its ledger line by line
and its logs some samples at a time.

What this shows: the findings follow from the completions. What it cannot show: that the
completions came from the weights that the protocol names. That is what the assessor signs for.
"""

import tempfile
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from holdshort.assess.archive import Archive
from holdshort.assess.bundle import FORMAT, INDEX, MANIFEST, RESULTS, SEED, result_fields
from holdshort.assess.chain_check import check_chain
from holdshort.assess.elicited import gates_of
from holdshort.assess.faults import Fault, Faulty
from holdshort.assess.fields import Fields
from holdshort.assess.finding import Finding, demanded
from holdshort.assess.intake import CHAIN
from holdshort.assess.item_run import LOGS
from holdshort.assess.ledger import LEDGER, Line
from holdshort.assess.ledger_check import LedgerCheck
from holdshort.assess.log_check import LogCheck
from holdshort.assess.logged import LOGGED, is_log
from holdshort.assess.logged_check import LoggedCheck
from holdshort.assess.opened import ENVIRONMENT, PROTOCOL
from holdshort.assess.outcome import Outcome
from holdshort.assess.part import Asked, Part, arms_of
from holdshort.assess.protocol import AreaPlan, Protocol, item_seed, opens
from holdshort.assess.suites.suite import suite
from holdshort.errors import BadInput, EvidenceError
from holdshort.register.canonical import canonical, parse

_HEAD = {
    1: ("areas", "arms", "members"),
    2: ("areas", "arms", "format", "logged", "members"),
}
"""What the index holds in each format."""


@dataclass(frozen=True)
class Check:
    """One thing that was recomputed; ``fault`` names what is wrong if it does not hold.

    ``unchecked`` says that nothing was: what it takes is sealed.
    """

    name: str
    ok: bool
    detail: str
    fault: Fault | None = None
    unchecked: bool = False


@dataclass(frozen=True)
class Claims:
    """What is said to follow from a bundle: a locked protocol and a finding an area."""

    protocol: Protocol
    findings: Mapping[str, Finding]

    @classmethod
    def of(cls, bundle: Path) -> "Claims":
        """What the bundle says of itself; :class:`EvidenceError` if it says nothing readable."""
        with Archive(bundle) as archive:
            try:
                locked = Fields(parse(archive.read(PROTOCOL), PROTOCOL), PROTOCOL)
                protocol = Protocol.from_fields(locked.value, PROTOCOL)
                stated = archive.json(RESULTS).nested_list("findings")
                findings = [Finding.from_fields(each.value, each.where) for each in stated]
            except BadInput as error:
                raise unreadable(error) from error
        return cls(protocol, {finding.area: finding for finding in findings})


def recompute(
    bundle: Path, *, protocol_fields: Mapping[str, object], findings: Mapping[str, Finding]
) -> list[Check]:
    """Every check, all passed; raises :class:`EvidenceError` naming the first that fails.

    ``protocol_fields`` and ``findings`` (by area) are the signed ones, from the register.
    """
    checks = examine(bundle, protocol_fields=protocol_fields, findings=findings)
    for check in checks:
        if check.fault is not None:
            raise Faulty(check.fault, check.detail)
    return checks


def examine(
    bundle: Path, *, protocol_fields: Mapping[str, object], findings: Mapping[str, Finding]
) -> list[Check]:
    """The same for a report: every check, whether it holds or not."""
    protocol = Protocol.from_fields(protocol_fields, "protocol")
    return list(checks_of(bundle, Claims(protocol, findings)))


def checks_of(bundle: Path, claims: Claims) -> Iterator[Check]:
    """Every check, as it is done."""
    try:
        with Archive(bundle) as archive:
            yield from Examination(archive, claims).checks()
    except EvidenceError as error:
        yield failed("bundle", error)


class Examination:
    """All checks of one open bundle."""

    def __init__(self, archive: Archive, claims: Claims) -> None:
        self._archive = archive
        self._protocol = claims.protocol
        self._claimed = claims.findings
        self._recorded: dict[str, int] = {}
        self._found: dict[str, Finding] = {}
        self._names: dict[Asked, set[str]] = {}
        self._format = FORMAT

    def checks(self) -> Iterator[Check]:
        """Every check, as it is done."""
        yield from self._members()
        try:
            self._check_protocol()
            yield Check("protocol", True, f"{self._protocol.digest[:12]}…, byte for byte")
            self._check_suites()
            yield Check("suites", True, "the installed code is that of the protocol")
            seed = self._check_seed()
            yield Check("seed", True, "follows from the commitment and both nonces")
        except BadInput as error:
            yield failed("protocol", unreadable(error))
            return
        except Faulty as error:
            # Without these nothing can be recomputed.
            yield failed(error.fault.value, error)
            return
        yield from self._strays()
        areas = sorted(plan.area for plan in self._protocol.areas)
        if sorted(self._claimed) != areas:
            what = (
                f"findings for {', '.join(sorted(self._claimed)) or 'no area'};"
                f" the protocol has {', '.join(areas)}."
            )
            yield failed("findings", Faulty(Fault.FINDING, what, where="findings"))
        for plan in self._protocol.areas:
            yield from self._area(plan, seed)
        yield from self._logged()
        yield from self._manifest()
        yield from self._answered()
        yield from self._results()

    def _manifest(self) -> Iterator[Check]:
        if MANIFEST not in self._archive.names:
            return
        if self._archive.sha256(MANIFEST) == self._protocol.model_digest:
            yield Check("manifest", True, "lists the files of the protocol's weights")
        else:
            what = "the manifest is not that of the protocol's weights."
            yield failed("manifest", Faulty(Fault.MODEL, what, where=MANIFEST))

    def _answered(self) -> Iterator[Check]:
        """Whether each model answered under one name throughout."""
        for asked, names in self._names.items():
            if len(names) > 1:
                what = f"it answered as {' and as '.join(sorted(names))}."
                yield failed("models", Faulty(Fault.MODEL, what, where=str(asked)))

    def _members(self) -> Iterator[Check]:
        try:
            count = self._archive.check_digests()
            self._archive.check_form()
            self._format = self._archive.format()
            yield Check("members", True, f"{count} files match the index, with nothing between")
        except EvidenceError as error:
            yield failed("members", error)
        except BadInput as error:
            yield failed("members", unreadable(error))

    def _strays(self) -> Iterator[Check]:
        """Members that no bundle has: nothing recomputes them, and somebody might trust them."""
        known = {ENVIRONMENT, INDEX, MANIFEST, PROTOCOL, RESULTS, SEED}
        known |= {LOGGED} if self._format > 1 else set()
        for plan in self._protocol.areas:
            for part in (Part(plan.area), *arms_of(self._protocol, plan.area)):
                known |= {f"{part.path}/{LEDGER}", f"{part.path}/{CHAIN}"}
                logs = f"{part.path}/{LOGS}/"
                known |= {each for each in self._archive.names if each.startswith(logs)}
        for name in self._archive.names:
            if name not in known:
                fault = Faulty(Fault.MEMBER, "it is no part of a bundle.", where=name)
                yield failed("members", fault)

    # ---------------------------------------------------------------- protocol, code and seed

    def _check_protocol(self) -> None:
        if self._archive.read(PROTOCOL) != canonical(self._protocol.to_fields()):
            raise Faulty(
                Fault.PROTOCOL, "the bundle was made under another protocol.", where=PROTOCOL
            )

    def _check_suites(self) -> None:
        for plan in self._protocol.areas:
            if suite(plan.area).digest() != plan.suite_digest:
                raise Faulty(
                    Fault.SUITE,
                    "the installed suite is other code than the protocol's;"
                    " nothing was recomputed.",
                    where=f"area {plan.area}",
                    do=f"Install holdshort {self._protocol.holdshort_version} and verify again.",
                )

    def _check_seed(self) -> bytes:
        fields = self._archive.json(SEED)
        fields.only(("assessor_nonce", "developer_nonce", "item_seed"))
        try:
            assessor, developer = (
                bytes.fromhex(fields.text(name)) for name in ("assessor_nonce", "developer_nonce")
            )
        except ValueError as error:
            raise Faulty(Fault.SEED, "a nonce is not hexadecimal.", where=SEED) from error
        if not opens(self._protocol.item_seed_commitment, assessor):
            raise Faulty(
                Fault.SEED,
                "the assessor's nonce does not open the protocol's commitment.",
                where=SEED,
            )
        seed = item_seed(assessor, developer, self._protocol.digest)
        if fields.text("item_seed") != seed.hex():
            raise Faulty(Fault.SEED, "the item seed does not follow from the nonces.", where=SEED)
        return seed

    # ---------------------------------------------------------------- one area

    def _area(self, plan: AreaPlan, seed: bytes) -> Iterator[Check]:
        tested = yield from self._part(Part(plan.area), seed)
        if tested is None:
            return
        self._recorded[plan.area] = tested.samples
        measured = tested.measured
        wanted = () if measured is None else demanded(measured)
        answers: dict[Part, list[Line]] = {}
        for arm in arms_of(self._protocol, plan.area):
            there = f"{arm.path}/{LEDGER}" in self._archive.names
            if wanted and not there:
                fault = Faulty(Fault.MISSING, "the arm is missing.", where=f"area {arm.title}")
                yield failed(f"{arm.title}: ledger", fault)
            elif there and not wanted:
                what = "the arm is there and nothing asks for it."
                yield failed(f"{arm.title}: ledger", Faulty(Fault.EXTRA, what, where=arm.title))
            elif there and (asked := (yield from self._part(arm, seed))):
                answers[arm] = asked.answers
        if measured is not None:
            yield from self._finding(tested, measured, answers)

    def _part(self, part: Part, seed: bytes) -> Generator[Check, None, LedgerCheck | None]:
        """The checks of one part's records; what was found in its ledger."""
        name = f"{part.path}/{LEDGER}"
        try:
            with self._archive.open(name) as file:
                ledger = LedgerCheck(self._protocol, part, seed, file, name)
                yield from self._ledger(ledger)
                self._names.setdefault(part.asked, set()).update(ledger.names)
                if ledger.in_order:
                    check = LogCheck(part, self._protocol, file, ledger.positions)
                    yield from self._logs(part, check)
                return ledger
        except EvidenceError as error:
            yield failed(f"{part.title}: ledger", error)
        except BadInput as error:
            yield failed(f"{part.title}: ledger", unreadable(error))
        return None

    def _ledger(self, ledger: LedgerCheck) -> Iterator[Check]:
        title = ledger.part.title
        listed = self._listed(ledger.part)
        in_items = (Fault.ITEM, Fault.SCORE)
        faults = [each for each in ledger.faults.values() if each.fault not in in_items]
        if listed.whole("samples") != ledger.samples or listed.text("root") != ledger.root:
            faults.append(
                Faulty(Fault.ROOT, "the Merkle root is not that of the samples.", where=title)
            )
        for fault in faults:
            yield failed(f"{title}: ledger", fault)
        if not faults:
            detail = f"{ledger.samples} samples in order under the root {ledger.root[:12]}…"
            yield Check(f"{title}: ledger", True, detail)
        wrong = [ledger.faults[each] for each in in_items if each in ledger.faults]
        for fault in wrong:
            yield failed(f"{title}: items", fault)
        if not wrong:
            yield Check(f"{title}: items", True, "generated again, every answer marked again")

    def _listed(self, part: Part) -> Fields:
        """What the index says of a part."""
        index = self._archive.index.only(_HEAD[self._format])
        areas = [plan.area for plan in self._protocol.areas]
        if part.arm is None:
            listed = index.nested("areas").only(areas).nested(part.area)
        else:
            arms = [arm.path for area in areas for arm in arms_of(self._protocol, area)]
            listed = index.nested("arms").only(arms).nested(part.path)
        return listed.only(("samples", "root"))

    def _finding(
        self, tested: LedgerCheck, measured: Outcome, answers: Mapping[Part, list[Line]]
    ) -> Iterator[Check]:
        area = tested.plan.area
        signed = self._claimed.get(area)
        try:
            gates = gates_of(self._protocol, area, measured, lambda arm: answers.get(arm, ()))
        except BadInput:
            return  # said already: an answer of an arm is missing
        again = tested.finding(gates)
        if signed is None:
            return  # said already
        self._found[area] = again
        for field in Finding.__dataclass_fields__:
            said, found = getattr(signed, field), getattr(again, field)
            if said != found:
                what = f"the finding says {field} {said}; the evidence gives {found}."
                yield failed(f"{area}: finding", Faulty(Fault.FINDING, what, where=f"area {area}"))
                return
        detail = f"{again.outcome} after {again.items} items, recomputed"
        yield Check(f"{area}: finding", True, detail)

    def _logs(self, part: Part, check: LogCheck) -> Iterator[Check]:
        prefix = f"{part.path}/{LOGS}/"
        names = [name for name in self._archive.names if name.startswith(prefix)]
        units: dict[str, str | None] = {}
        try:
            with tempfile.TemporaryDirectory(prefix="holdshort-") as folder:
                # A member's own name is a stranger's and is not written to disk.
                path = Path(folder) / "log.eval"
                for name in names:
                    self._archive.copy(name, path)
                    units[name.removeprefix(prefix)] = check.take(name, path).unit
            samples = check.end()
        except EvidenceError as error:
            yield failed(f"{part.title}: logs", error)
            return
        detail = f"{samples} samples agree with {len(names)} Inspect log(s)"
        yield Check(f"{part.title}: logs", True, detail)
        yield from self._chain(part, prefix, units)

    def _chain(self, part: Part, prefix: str, units: Mapping[str, str | None]) -> Iterator[Check]:
        name = f"{part.path}/{CHAIN}"
        if name not in self._archive.names and not any(units.values()):
            return  # it was run in one process
        try:
            data = self._archive.read(name)
            digests = {log: self._archive.sha256(prefix + log) for log in units}
            count = check_chain(data, part.path, digests, units)
        except BadInput as error:
            yield failed(f"{part.title}: units", Faulty(Fault.CHAIN, error.what, where=error.where))
        except EvidenceError as error:
            yield failed(f"{part.title}: units", error)
        else:
            yield Check(f"{part.title}: units", True, f"{count} in one chain, every log theirs")

    def _logged(self) -> Iterator[Check]:
        if self._format == 1:
            return  # made before digests of logged samples were kept
        logs = self._readable_logs()
        try:
            check = LoggedCheck(self._archive, logs)
        except EvidenceError as error:
            yield failed("logged", error)
        except BadInput as error:
            yield failed("logged", unreadable(error))
        else:
            for fault in check.faults.values():
                yield failed("logged", fault)
            if not check.faults:
                detail = f"{check.samples} samples, each as it was logged, under {check.root[:12]}…"
                if not logs:
                    detail = f"{check.samples} digests under the root {check.root[:12]}…"
                yield Check("logged", True, detail)

    def _readable_logs(self) -> list[str]:
        return [name for name in self._archive.names if is_log(name)]

    # ---------------------------------------------------------------- what it says of itself

    def _results(self) -> Iterator[Check]:
        areas = [plan.area for plan in self._protocol.areas]
        if any(area not in self._found or area not in self._recorded for area in areas):
            return  # said already
        found = [self._found[area] for area in areas]
        try:
            stated = self._archive.read(RESULTS)
        except EvidenceError as error:
            yield failed("results", error)
            return
        if stated != canonical(result_fields(self._protocol, found, self._recorded)):
            what = "the results differ from what the evidence gives."
            yield failed("results", Faulty(Fault.FINDING, what, where=RESULTS))
        else:
            yield Check("results", True, "restate what was recomputed")


def failed(name: str, error: EvidenceError) -> Check:
    """The check that found a fault."""
    fault = error.fault if isinstance(error, Faulty) else Fault.MEMBER
    return Check(name, False, str(error), fault)


def unreadable(error: BadInput) -> Faulty:
    """What cannot even be read does not support anything."""
    return Faulty(Fault.MEMBER, error.what, where=error.where)
