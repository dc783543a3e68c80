"""Issue papers: a question that matters, with two positions and what came of it.

They decide nothing, and nothing waits for them. What may be done with one the rulebook says, in
the case kind ``issue-paper``; here is read whether it comes before the determination. What was
said in one, `holdshort.docket.particulars` tells.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdshort.docket.checks import Question

ISSUE_PAPER = "issue-paper"
UNDETERMINED = ("declared", "assigned", "locked", "testing", "assessed")
"""States of a review in which nothing is determined."""


def review_undetermined(question: "Question") -> bool:
    """The review is open, and no determination stands in it."""
    review = question.docket.cases.get(str(question.fields.get("concerns")))
    return review is not None and question.docket.state(review, question.act.at) in UNDETERMINED
