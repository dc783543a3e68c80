"""Whether the suites that are installed here are those that a protocol was locked for."""

from holdshort.assess.protocol import Protocol
from holdshort.assess.suites.suite import suite
from holdshort.errors import BadInput


def check_suites(protocol: Protocol) -> None:
    """Refuse a protocol whose suites are not the ones installed here."""
    protocol.check()
    for i, plan in enumerate(protocol.areas):
        if suite(plan.area).digest() != plan.suite_digest:
            raise BadInput(
                f"the suite's code changed since the protocol was locked ({plan.area}).",
                where=f"protocol.areas[{i}].suite_digest",
                do="Install the version of Holdshort that the protocol names, or draft a new one.",
            )
