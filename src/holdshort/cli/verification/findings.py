"""The findings of a case, recomputed from its evidence; or not again, if they were before."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from holdshort.cli.verification.line import Line
from holdshort.errors import HoldshortError

if TYPE_CHECKING:
    from holdshort.docket.state import Case
    from holdshort.register.audit import Seen


def found_before(case: "Case", verified: int, blobs: "Mapping[str, Seen]") -> bool:
    """Whether all findings of a case were recomputed before, from evidence that is still whole."""
    found = case.memory.get("findings")
    if not isinstance(found, dict) or not found or not verified:
        return False
    items = [item for item in found.values() if isinstance(item, dict)]
    entries = [item.get("entry") for item in items]
    return all(isinstance(entry, int) and entry < verified for entry in entries) and all(
        item.get("evidence") in blobs for item in items
    )


def recompute(open_blob: Callable[[str], Path], case: "Case") -> Iterator[Line]:
    """One line for each evidence bundle that findings of a case rest on, or for what fails."""
    from holdshort.assess.finding import Finding
    from holdshort.assess.verify import examine

    found = case.memory.get("findings")
    protocol = case.memory.get("protocol")
    if not isinstance(found, dict) or not isinstance(protocol, dict):
        return
    name = f"findings of {case.id}"
    by_evidence: dict[str, dict[str, Finding]] = {}
    for area, item in found.items():
        if isinstance(item, dict) and isinstance(statistics := item["statistics"], Mapping):
            try:
                finding = Finding.from_fields(statistics, f"entry {item['entry']}, {area}")
            except HoldshortError as error:
                yield Line(name, False, str(error))
            else:
                by_evidence.setdefault(str(item["evidence"]), {})[area] = finding
    for evidence, findings in by_evidence.items():
        try:
            bundle = open_blob(evidence)
            checks = examine(bundle, protocol_fields=protocol, findings=findings)
        except HoldshortError as error:
            yield Line(name, False, str(error))
            continue
        failed = [check for check in checks if not check.ok]
        for check in failed:
            yield Line(name, False, f"{check.name}: {check.detail}")
        if not failed:
            areas = ", ".join(f"{area} {finding.outcome}" for area, finding in findings.items())
            yield Line(name, True, f"recomputed from the evidence: {areas}")
