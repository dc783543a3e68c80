"""The register's own case, and what makes an act an act of this register."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.docket.docket import Docket
from holdshort.docket.replay import referenced_blobs, replay
from holdshort.errors import BadInput, RegisterError, RulebookError
from holdshort.register.act import Artefact
from holdshort.register.entry import Entry
from holdshort.register.envelope import Envelope, sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.docket.conftest import World

    from holdshort.rulebook.model import Rulebook


@pytest.fixture
def empty(world: "World") -> "World":
    """A register on which nothing has been filed."""
    return type(world)(world.book)


class TestCharter:
    """The first entry, and the only one of its kind."""

    def test_nothing_is_filed_before_it(self, empty: "World") -> None:
        with pytest.raises(RegisterError, match="not open"):
            empty.enrol("acme", "developer")
        with pytest.raises(RegisterError, match="not open"):
            _ = empty.docket.charter
        assert empty.docket.size == 0

    def test_it_names_the_law_the_registrar_and_the_register(self, empty: "World") -> None:
        empty.open()
        charter = empty.docket.charter
        assert charter.rulebook == empty.book.digest
        assert set(empty.docket.parties) == {"root", "registrar", "register"}
        assert charter.leaf_hash == empty.entries[0].leaf_hash.hex()

    def test_there_is_no_second_one_in_the_same_case(self, world: "World") -> None:
        act = replace(world.entries[0].act, at=world.now)
        with pytest.raises(Exception, match="open already"):
            world.admit(act)

    @pytest.mark.parametrize("by", ["registrar", "acme", "stranger"])
    def test_nor_under_another_case_id(self, world: "World", by: str) -> None:
        fields = dict(world.entries[0].act.fields)
        assert "has its charter already" in world.refused(
            "register.charter", by=by, case="register-2", **fields
        )
        assert "register-2" not in world.docket.cases

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"rulebook": {"id": "aaif", "digest": "00" * 32}}, "another rulebook"),
            ({"rulebook": {}}, "another rulebook"),
            ({"status_minutes": 0}, "from 1 to"),
            ({"status_minutes": 2**53 - 1}, "from 1 to"),
            ({"registrar": {}}, "A party states"),
            ({"log_key": {"id": "register"}}, "A party states"),
        ],
    )
    def test_a_charter_that_cannot_hold_is_refused(
        self, empty: "World", said: dict[str, Any], why: str
    ) -> None:
        with pytest.raises(Exception, match=why):
            empty.open(**said)
        assert empty.docket.cases == {}

    def test_the_founders_have_their_roles_and_keys_of_their_own(self, empty: "World") -> None:
        registrar = empty.party("registrar", "authority.registrar")
        register = empty.party("register", "register")
        for said, why in (
            ({"registrar": registrar | {"role": "court"}}, "another role"),
            ({"log_key": register | {"role": "developer"}}, "another role"),
            ({"root": empty.party("root", "court")}, "another role"),
            ({"log_key": register | {"keys": registrar["keys"]}}, "three parties"),
            ({"log_key": registrar | {"keys": register["keys"], "role": "register"}}, "three"),
        ):
            with pytest.raises(Exception, match=why):
                empty.open(**said)
        assert empty.docket.charter_ is None

    def test_it_is_signed_by_the_root_that_it_names(self, empty: "World") -> None:
        act = empty.act("register.charter", by="root", case="register")
        fields = {
            **act.fields,
            "title": "T",
            "rehearsal": True,
            "rulebook": {"digest": empty.book.digest},
            "witness_policy": "quorum none\n",
            "status_minutes": 60,
            "root": empty.party("root", "authority.root"),
            "registrar": empty.party("registrar", "authority.registrar"),
            "log_key": empty.party("register", "register"),
        }
        for signed_by, by in (("acme", "root"), ("registrar", "root"), ("acme", "acme")):
            with pytest.raises(RegisterError):
                empty.admit(replace(act, fields=fields, by=by), signed_by=signed_by)
        assert empty.docket.cases == {}
        assert empty.docket.parties == {}


class TestParties:
    """Who may act, under which key."""

    def test_only_the_registrar_enrols(self, world: "World") -> None:
        stated = world.party("lab-c", "assessor")
        stated["party"] = stated.pop("id")
        assert "Only the authority's registrar" in world.refused(
            "register.enrol", by="accreditor", case="register", **stated
        )

    def test_an_id_and_a_key_belong_to_one_party(self, world: "World") -> None:
        stated = world.party("lab-c", "assessor")
        stated["party"] = stated.pop("id")
        assert "is enrolled already" in world.refused(
            "register.enrol", by="registrar", case="register", **(stated | {"party": "lab-a"})
        )
        taken = world.key("lab-a").public.to_json()
        assert "belongs, or belonged, to another party" in world.refused(
            "register.enrol", by="registrar", case="register", **(stated | {"keys": [taken]})
        )

    @pytest.mark.parametrize(
        "key",
        [
            {},
            {"type": "rsa", "public": "AA=="},
            {"type": "ed25519", "public": "AA=="},
            {"type": "ed25519", "public": 7},
            {"type": "ed25519", "public": "A" * 43 + "="},  # of small order: it proves nothing
        ],
    )
    def test_a_key_is_a_key(self, world: "World", key: dict[str, Any]) -> None:
        stated = world.party("lab-c", "assessor") | {"keys": [key]}
        stated["party"] = stated.pop("id")
        world.refused("register.enrol", by="registrar", case="register", **stated)

    @pytest.mark.parametrize("role", ["authority", "king", "", None, 7, ["court"], {}])
    def test_a_role_is_one_of_the_law(self, world: "World", role: Any) -> None:
        stated = world.party("lab-c", "assessor") | {"role": role}
        stated["party"] = stated.pop("id")
        world.refused("register.enrol", by="registrar", case="register", **stated)

    def test_a_stranger_does_nothing(self, world: "World") -> None:
        assert "The party stranger is not enrolled" in world.refused(
            "review.declare", by="stranger", model="M", facts={}
        )

    def test_a_suspended_party_does_nothing_more(self, world: "World") -> None:
        world.assessed()
        world.file("register.suspend-party", by="registrar", case="register", party="decider")
        assert "The party decider is suspended" in world.refused(
            "review.clear", by="decider", inputs=world.findings()
        )
        assert world.open_acts("decider") == set()

    def test_who_is_suspended_must_be_there(self, world: "World") -> None:
        assert "There is no party 'nobody'" in world.refused(
            "register.suspend-party", by="registrar", case="register", party="nobody"
        )

    def test_an_act_counts_under_the_key_of_its_party_alone(self, world: "World") -> None:
        act = world.act("review.declare", by="acme", model="M", facts={})
        before = world.image()
        with pytest.raises(RegisterError, match=rf"entry {world.docket.size} \(acme\)"):
            world.admit(act, signed_by="rival")
        assert world.image() == before

    def test_nor_with_a_second_signature_beside_it(self, world: "World") -> None:
        act = world.act("review.declare", by="acme", model="M", facts={})
        both = sign(act.to_payload(), [world.key("acme"), world.key("rival")])
        with pytest.raises(RegisterError, match="not known here"):
            world.docket.admit(Entry.parse(world.docket.size, both.to_bytes()))

    def test_nor_if_the_signature_is_of_other_bytes(self, world: "World") -> None:
        act = world.act("review.declare", by="acme", model="M", facts={})
        other = sign(replace(act, case="r2").to_payload(), [world.key("acme")])
        forged = Envelope(act.to_payload(), other.payload_type, other.signatures)
        with pytest.raises(RegisterError, match="does not verify"):
            world.docket.admit(Entry.parse(world.docket.size, forged.to_bytes()))


class TestBelonging:
    """An act is for one register, under one law, at its time and in its place."""

    def test_an_act_for_another_register_is_refused(self, world: "World") -> None:
        act = replace(
            world.act("review.declare", by="acme", model="M", facts={}), register="other.example"
        )
        with pytest.raises(BadInput, match=r"meant for other\.example"):
            world.admit(act)

    def test_an_act_under_another_rulebook_is_refused(self, world: "World") -> None:
        act = replace(
            world.act("review.declare", by="acme", model="M", facts={}), rulebook="00" * 32
        )
        with pytest.raises(BadInput, match="under the rulebook 000000000000"):
            world.admit(act)

    def test_time_does_not_go_backwards(self, world: "World") -> None:
        act = world.act("review.declare", by="acme", model="M", facts={})
        with pytest.raises(BadInput, match="before the last one"):
            world.admit(replace(act, at="2026-11-01T13:59:59Z"))
        world.admit(act)  # but it may stand still

    def test_what_was_signed_earlier_that_day_takes_effect_when_it_is_entered(
        self, world: "World"
    ) -> None:
        act = world.act("review.declare", by="acme", model="M", facts={})
        world.later(hours=23)
        world.enrol("lab-z", "assessor")
        world.admit(act)
        assert world.case().opened_at == world.docket.last_at == world.now

    @pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "9999-11-01T00:00:00Z"])
    def test_an_act_at_the_end_of_the_calendar_is_refused_and_stops_nobody(
        self, world: "World", at: str
    ) -> None:
        act = world.act(
            "review.declare",
            by="acme",
            model="M",
            facts={},
            training_compute="3e25",
            ai_revenue="1e9",
        )
        before = world.image()
        with pytest.raises(BadInput, match="beyond the calendar"):
            world.admit(replace(act, at=at))
        assert world.image() == before
        world.declare()

    def test_an_entry_out_of_its_place_is_refused(self, world: "World") -> None:
        act = world.act("review.declare", by="acme", model="M", facts={})
        leaf = world.entry(act).leaf
        for index in (0, world.docket.size - 1, world.docket.size + 1):
            with pytest.raises(RegisterError, match=f"Entry {world.docket.size} was expected"):
                world.docket.admit(Entry.parse(index, leaf))

    @pytest.mark.parametrize("type_", ["review.bribe", "party.dance"])
    def test_what_is_not_in_the_table_does_not_exist(self, world: "World", type_: str) -> None:
        with pytest.raises(BadInput, match="knows no"):
            world.file(type_, by="acme")

    def test_a_case_is_of_one_kind(self, world: "World") -> None:
        world.declare()
        assert "r is a case of the kind review" in world.refused(
            "accreditation.apply", by="lab-a", **world.box(["cybersecurity"]), statement="Able."
        )

    def test_a_case_is_opened_once(self, world: "World") -> None:
        world.declare()
        assert "The case r is open already" in world.refused(
            "review.declare", by="rival", model="M", facts={}
        )

    def test_an_act_needs_its_case(self, world: "World") -> None:
        assert "There is no case r" in world.refused("review.conclude", by="lab-a")

    def test_every_reason_is_given_and_each_with_its_clause(self, world: "World") -> None:
        refusal = world.refused("review.declare", by="acme", weights="00", facts=[])
        assert "must state 'model'" in refusal
        assert "weights = '00' is not 64 lower-case hexadecimal digits" in refusal
        assert "facts = [] is not an object" in refusal
        assert refusal.count("[aaif, obligations, pre-deployment testing]") == 3

    def test_what_nobody_asked_for_is_kept_and_decides_nothing(self, world: "World") -> None:
        world.declare(remark={"anything": ["at", "all"]})
        assert world.state() == "declared"


class TestReplay:
    """What a stranger sees who follows the register."""

    def test_the_first_act_that_does_not_hold_is_named(self, world: "World") -> None:
        world.declare()
        good = list(world.entries)
        forged = world.entry(world.act("review.conclude", by="lab-a"))
        followed = replay([*good, forged], world.book)
        assert followed.acts == len(good)
        assert followed.fault is not None
        assert followed.fault.startswith(f"entry {len(good)}: review.conclude by lab-a in r")

    def test_an_entry_left_out_is_noticed(self, world: "World") -> None:
        world.declare()
        followed = replay([*world.entries[:3], *world.entries[4:]], world.book)
        assert followed.acts == 3
        assert followed.fault == "entry 4: entry 4: Entry 3 was expected."

    def test_following_act_by_act_is_following_from_the_start(self, world: "World") -> None:
        world.cleared()
        docket = Docket(world.book)
        for number, entry in enumerate(world.entries, 1):
            docket.admit(entry)
            fresh = replay(world.entries[:number], world.book).docket
            assert fresh.cases == docket.cases
            assert fresh.parties == docket.parties
            assert fresh.clearances == docket.clearances

    def test_every_document_that_the_acts_rely_on_is_named(self, world: "World") -> None:
        world.cleared()
        world.snapshot()
        act = replace(world.act("review.hold", by="acme"), artefacts=(Artefact("memo", "ef" * 32),))
        world.admit(act)
        named = list(referenced_blobs(world.entries))
        assert named[0] == (0, "rulebook", world.book.digest)
        assert named[-1] == (world.docket.size - 1, "memo", "ef" * 32)
        assert named[1][:2] == (world.docket.size - 2, "index of clearances")


def test_a_book_that_relies_on_a_check_that_nobody_computes_is_refused(
    amended: "Callable[..., Rulebook]",
) -> None:
    book = amended(("  snapshot_true:\n", "  honest:\n"), ("check.snapshot_true", "check.honest"))
    with pytest.raises(RulebookError, match="No procedure computes the check 'honest'"):
        Docket(book)
