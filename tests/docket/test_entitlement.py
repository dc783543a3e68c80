"""Who may do an act: by its role, and by the part that it plays in the case."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.docket.conftest import World

    from holdshort.rulebook.model import Rulebook

PETITION = """\
      petition:
        title: Ask the court to rule
        by: developer
        {reserved}
        from: none
        to: opened
        fields:
          concerns: {{type: identifier, says: The review.}}
        says: Whoever fears a bar asks the court first.
        cite: house
      open:
        title: Open a restriction case
"""


def petitioned(amended: "Callable[..., Rulebook]", reserved: str) -> "Rulebook":
    return amended(
        (
            "      open:\n        title: Open a restriction case\n",
            PETITION.format(reserved=reserved),
        )
    )


def test_an_act_that_opens_a_case_can_be_kept_for_a_party_of_the_case_concerned(
    amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]"
) -> None:
    world = make_world(petitioned(amended, "who: review.holder"))
    world.declare()
    assert "Only the holder of r may do this" in world.refused(
        "restriction.petition", by="rival", case="bar", concerns="r"
    )
    world.file("restriction.petition", by="acme", case="bar", concerns="r")


def test_or_closed_to_one(
    amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]"
) -> None:
    world = make_world(petitioned(amended, "not_by: review.holder"))
    world.declare()
    assert "The holder of r may not do this" in world.refused(
        "restriction.petition", by="acme", case="bar", concerns="r"
    )
    world.file("restriction.petition", by="rival", case="bar", concerns="r")


def test_whom_an_act_binds_must_be_enrolled(
    amended: "Callable[..., Rulebook]", make_world: "Callable[..., World]"
) -> None:
    text = "          - {if: check.accredited}\n          - {if: check.unconflicted}\n"
    book = amended((f"{text}          - {{if: check.drawn_by_lot}}\n", ""))
    world = make_world(book)
    world.declare()
    world.declare_interests("lab-a")
    world.commit()
    world.reveal()
    assert "There is no party 'nobody'" in world.refused(
        "review.assign", by="officer", assessor="nobody", draw={}
    )
    world.file("review.assign", by="officer", assessor="lab-a", draw={})
    assert world.docket.duties(world.now)


@pytest.mark.parametrize(
    ("by", "party", "lawful"),
    [
        ("authority", "officer", True),
        ("authority", "decider", True),
        ("authority.case-officer", "decider", False),
        ("authority", "judge", False),
    ],
)
def test_an_office_stands_for_all_its_roles(
    amended: "Callable[..., Rulebook]",
    make_world: "Callable[..., World]",
    by: str,
    party: str,
    lawful: bool,
) -> None:
    old = "        title: Withdraw the case\n        by: authority.case-officer\n"
    world = make_world(amended((old, old.replace("authority.case-officer", by))))
    world.referred()
    world.restrict()
    if lawful:
        world.file("restriction.withdraw", by=party, case="bar")
        assert world.state("bar") == "lifted"
    else:
        world.refused("restriction.withdraw", by=party, case="bar")
