"""A refusal that says every reason, each with its clause."""

from collections.abc import Sequence

from holdshort.docket.state import Objection
from holdshort.errors import Refused


class Unlawful(Refused):
    """The act is not lawful here and now. ``objections`` holds every reason, first one first."""

    def __init__(self, act: str, objections: Sequence[Objection], where: str | None = None) -> None:
        first = objections[0]
        more = "".join(f"\n  also: {objection}" for objection in objections[1:])
        super().__init__(
            f"{act} is not lawful here: {first.says}", clause=first.cite, where=where, do=more
        )
        self.objections = tuple(objections)
