"""What holds for one review in particular, for a person or a program.

With a review: its special conditions, issue papers and waivers. With one of these: what was said.
"""

from typing import TYPE_CHECKING, Any

from holdshort.cli.output import say, table

if TYPE_CHECKING:
    from holdshort.docket.docket import Docket
    from holdshort.docket.state import Case


def show_particulars(docket: "Docket", case: "Case", now: str) -> None:
    """Print them, if there are any."""
    from holdshort.docket.particulars import KINDS, particulars, said

    found = particulars(docket, case, now)
    if found:
        say()
        table(
            ("for this review", "case", "state", "ends by itself", "about"),
            [(each.kind, each.case, each.state, each.until or "no", each.about) for each in found],
        )
    for each in said(case) if case.kind in KINDS else ():
        say()
        say(f"Entry {each.entry}, {each.act} by {each.by}, {each.at}:")
        for name, text in each.words:
            say(f"  {name.replace('_', ' ')}: {text}")


def particulars_json(docket: "Docket", case: "Case", now: str) -> dict[str, Any]:
    """The same as one document: ``particulars`` of a review, and what was ``said``."""
    from holdshort.docket.particulars import KINDS, particulars, said

    return {
        "particulars": [vars(each) for each in particulars(docket, case, now)],
        "said": [
            {**vars(each), "words": dict(each.words)}
            for each in (said(case) if case.kind in KINDS else ())
        ],
    }
