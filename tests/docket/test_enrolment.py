"""Parties and their keys over time, as the register's own acts change them."""

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from holdshort.errors import BadInput, RegisterError
from holdshort.register.entry import Entry
from holdshort.register.envelope import Envelope, sign

if TYPE_CHECKING:
    from tests.docket.conftest import World

    from holdshort.register.act import Act
    from holdshort.register.keys import PublicKey


def keys_of(world: "World", *names: str) -> list[Any]:
    return [world.key(name).public.to_json() for name in names]


def admit(world: "World", act: "Act", *signers: str) -> Entry:
    """Admit an act signed with these keys, as the next entry."""
    envelope = sign(act.to_payload(), [world.key(name) for name in signers])
    entry = Entry.parse(world.docket.size, envelope.to_bytes())
    world.docket.admit(entry)
    world.entries.append(entry)
    return entry


def rotation(world: "World", party: str, *names: str, threshold: int | None = None) -> "Act":
    said: dict[str, Any] = {"keys": keys_of(world, *names)}
    if threshold is not None:
        said["threshold"] = threshold
    return world.act("register.rotate-keys", by=party, case="register", **said)


def held(world: "World", party: str) -> set["PublicKey"]:
    return set(world.docket.parties[party].keys)


def declaration(world: "World", case: str = "r") -> "Act":
    return world.act("review.declare", by="acme", case=case, model="M", facts={})


class TestRotating:
    """A party takes other keys for itself."""

    def test_old_and_new_keys_sign_it_and_the_new_ones_speak_from_then_on(
        self, world: "World"
    ) -> None:
        admit(world, rotation(world, "acme", "acme 2"), "acme", "acme 2")
        assert held(world, "acme") == {world.key("acme 2").public}
        with pytest.raises(RegisterError, match="not known here"):
            admit(world, declaration(world), "acme")
        admit(world, declaration(world), "acme 2")

    def test_what_was_signed_with_the_old_key_before_stands_and_can_be_replayed(
        self, world: "World"
    ) -> None:
        world.declare()
        entries = [*world.entries]
        entries.append(admit(world, rotation(world, "acme", "acme 2"), "acme", "acme 2"))
        again = type(world.docket)(world.book)
        for entry in entries:
            again.admit(entry)
        assert again.parties["acme"].keys == world.docket.parties["acme"].keys

    @pytest.mark.parametrize("signers", [("acme",), ("acme 2",), ("rival", "acme 2")])
    def test_a_key_that_did_not_sign_is_not_taken(
        self, world: "World", signers: tuple[str, ...]
    ) -> None:
        before = world.image()
        with pytest.raises(RegisterError):
            admit(world, rotation(world, "acme", "acme 2"), *signers)
        assert world.image() == before

    def test_a_key_that_stays_need_not_be_new(self, world: "World") -> None:
        act = rotation(world, "acme", "acme", "acme 2", threshold=2)
        admit(world, act, "acme", "acme 2")
        with pytest.raises(RegisterError, match="1 of the keys of acme signed; it takes 2 of 2"):
            admit(world, declaration(world), "acme")
        admit(world, declaration(world), "acme", "acme 2")

    def test_it_takes_as_many_old_keys_as_any_other_act(self, world: "World") -> None:
        admit(world, rotation(world, "acme", "acme", "b", "c", threshold=2), "acme", "b", "c")
        back = rotation(world, "acme", "d")
        with pytest.raises(RegisterError, match="takes 2 of the keys that acme holds now"):
            admit(world, back, "b", "d")
        admit(world, back, "b", "c", "d")

    def test_a_key_that_was_given_up_is_never_taken_again(self, world: "World") -> None:
        admit(world, rotation(world, "acme", "acme 2"), "acme", "acme 2")
        assert "was retired" in world.refused(
            "register.rotate-keys", by="acme", case="register", keys=keys_of(world, "acme")
        )
        for type_, party in (("register.enrol", "lab-c"), ("register.replace-keys", "lab-a")):
            more = {"name": "C", "role": "assessor"} if type_ == "register.enrol" else {}
            assert "belonged, to another party" in world.refused(
                type_,
                by="registrar",
                case="register",
                party=party,
                keys=keys_of(world, "acme"),
                **more,
            )

    def test_the_root_rotates_its_own_and_nobody_elses(self, world: "World") -> None:
        admit(world, rotation(world, "root", "a", "b", "c", threshold=2), "root", "a", "b", "c")
        assert world.docket.parties["root"].threshold == 2

    def test_the_key_of_the_register_never_changes(self, world: "World") -> None:
        assert "register's identity" in world.refused(
            "register.rotate-keys", by="register", case="register", keys=keys_of(world, "x")
        )

    @pytest.mark.parametrize("keys", [[], [{}], ["key"], [{"type": "rsa", "public": "AA=="}]])
    def test_what_is_no_key_is_refused(self, world: "World", keys: list[Any]) -> None:
        world.refused("register.rotate-keys", by="acme", case="register", keys=keys)


class TestReplacing:
    """Keys are lost and stolen."""

    def test_the_registrar_gives_a_party_others(self, world: "World") -> None:
        world.file(
            "register.replace-keys",
            by="registrar",
            case="register",
            party="acme",
            keys=keys_of(world, "acme 2"),
        )
        assert held(world, "acme") == {world.key("acme 2").public}
        admit(world, declaration(world), "acme 2")

    @pytest.mark.parametrize("type_", ["replace-keys", "suspend-party", "revoke-key"])
    @pytest.mark.parametrize("party", ["root", "register"])
    def test_the_founders_are_beyond_its_reach(
        self, world: "World", type_: str, party: str
    ) -> None:
        needed: dict[str, dict[str, Any]] = {
            "replace-keys": {"keys": keys_of(world, "x")},
            "revoke-key": {"key": world.key(party).keyid},
        }
        more = needed.get(type_, {})
        assert "the charter rests on it" in world.refused(
            f"register.{type_}", by="registrar", case="register", party=party, **more
        )

    def test_only_the_root_gives_a_registrar_others(self, world: "World") -> None:
        said = {"party": "registrar", "keys": keys_of(world, "registrar 2")}
        assert "of its own office" in world.refused(
            "register.replace-keys", by="registrar", case="register", **said
        )
        world.file("register.replace-appointed-keys", by="root", case="register", **said)
        assert held(world, "registrar") == {world.key("registrar 2").public}

    def test_only_the_root_appoints_a_registrar_and_nobody_a_second_root_or_register(
        self, world: "World"
    ) -> None:
        def newcomer(role: str) -> dict[str, Any]:
            stated = world.party("new", role)
            stated["party"] = stated.pop("id")
            return stated

        assert "of its own office" in world.refused(
            "register.enrol", by="registrar", case="register", **newcomer("authority.registrar")
        )
        for role in ("authority.root", "register"):
            for act, by in (("enrol", "registrar"), ("appoint", "root")):
                assert "the charter names it" in world.refused(
                    f"register.{act}", by=by, case="register", **newcomer(role)
                )
        world.file(
            "register.appoint", by="root", case="register", **newcomer("authority.registrar")
        )
        world.file(
            "register.enrol",
            by="new",
            case="register",
            **{
                **newcomer("assessor"),
                "party": "lab-c",
                "keys": keys_of(world, "lab-c"),
            },
        )


class TestRevoking:
    """One key of several."""

    def test_it_speaks_no_longer_and_the_others_do(self, world: "World") -> None:
        admit(world, rotation(world, "acme", "acme", "acme 2"), "acme", "acme 2")
        world.file(
            "register.revoke-key",
            by="registrar",
            case="register",
            party="acme",
            key=world.key("acme").keyid,
        )
        with pytest.raises(RegisterError, match="not known here"):
            admit(world, declaration(world), "acme")
        admit(world, declaration(world), "acme 2")

    def test_the_last_that_it_needs_is_replaced_and_not_revoked(self, world: "World") -> None:
        assert "Replace them instead" in world.refused(
            "register.revoke-key",
            by="registrar",
            case="register",
            party="acme",
            key=world.key("acme").keyid,
        )

    def test_it_must_be_the_partys(self, world: "World") -> None:
        for party, why in (("acme", "no such key"), ("nobody", "There is no party")):
            assert why in world.refused(
                "register.revoke-key",
                by="registrar",
                case="register",
                party=party,
                key=world.key("rival").keyid,
            )


class TestSuspending:
    """And the way back."""

    def test_a_suspended_party_is_reinstated(self, world: "World") -> None:
        world.file("register.suspend-party", by="registrar", case="register", party="acme")
        assert "suspended already" in world.refused(
            "register.suspend-party", by="registrar", case="register", party="acme"
        )
        world.file("register.reinstate-party", by="registrar", case="register", party="acme")
        assert "is not suspended" in world.refused(
            "register.reinstate-party", by="registrar", case="register", party="acme"
        )
        world.declare()

    def test_a_suspension_closes_no_way_out(self, world: "World") -> None:
        """Who is barred appeals, asks for a stay and reports a correction; nothing else."""
        world.referred()
        world.ordered()
        world.file("register.suspend-party", by="registrar", case="register", party="acme")
        assert world.open_acts("acme", "bar") == {"appeal", "report-correction"}
        world.file("restriction.appeal", by="acme", case="bar")
        world.file("restriction.apply-for-stay", by="acme", case="bar")
        world.later(days=5)
        world.file("restriction.take-stay", by="acme", case="bar")
        assert world.state("bar") == "stayed"
        assert "acme is suspended" in world.refused("contact.comment", by="acme", case="c")

    def test_nobody_suspends_a_court(self, world: "World") -> None:
        """One whose keys are in other hands is given others by the root."""
        said = {"case": "register", "party": "judge"}
        assert "does not reach a party that is court" in world.refused(
            "register.suspend-party", by="registrar", **said
        )
        world.refused("register.suspend-party", by="root", **said)

    def test_a_registrar_is_suspended_by_nobody_of_its_office(self, world: "World") -> None:
        assert "of its own office" in world.refused(
            "register.suspend-party", by="registrar", case="register", party="registrar"
        )


class TestWitnesses:
    """Who must cosign."""

    def test_the_root_names_others(self, world: "World") -> None:
        assert (world.docket.witness_policy, world.docket.witness_entry) == ("quorum none\n", 0)
        policy = "# none yet\nquorum none\n"
        entry = world.file("register.witnesses", by="root", case="register", witness_policy=policy)
        assert world.docket.witness_policy == policy
        assert world.docket.witness_entry == entry.index

    @pytest.mark.parametrize(
        "policy", ["quorum some\n", "witness\n", "hello", "quorum none\nlog x"]
    )
    def test_what_is_no_policy_is_refused(self, world: "World", policy: str) -> None:
        said = {"witness_policy": policy}
        world.refused("register.witnesses", by="root", case="register", **said)
        with pytest.raises(Exception, match="witness_policy"):
            type(world)(world.book).open(**said)


class TestSigning:
    """What is signed, by whom, and when it takes effect."""

    def test_what_was_signed_earlier_that_day_takes_effect_when_it_is_entered(
        self, world: "World"
    ) -> None:
        act = declaration(world)
        world.later(hours=23)
        world.enrol("lab-z", "assessor")
        world.admit(act)
        assert world.case().opened_at == world.docket.last_at == world.now

    def test_the_day_before_is_too_long_ago(self, world: "World") -> None:
        act = declaration(world)
        world.later(hours=25)
        world.enrol("lab-z", "assessor")
        with pytest.raises(BadInput, match="more than a day before"):
            world.admit(act)

    def test_a_statement_is_entered_once_whatever_signatures_are_on_it(
        self, world: "World"
    ) -> None:
        admit(world, rotation(world, "acme", "acme", "acme 2"), "acme", "acme 2")
        world.later(seconds=1)
        twice = rotation(world, "acme", "acme", "acme 2")
        both = admit(world, twice, "acme", "acme 2").envelope
        for signature in both.signatures:
            less = replace(both, signatures=(signature,))
            entry = Entry.parse(world.docket.size, less.to_bytes())
            with pytest.raises(BadInput, match="on the register already"):
                world.docket.admit(entry)

    def test_a_payload_of_another_type_does_not_count(self, world: "World") -> None:
        act = declaration(world)
        made = sign(act.to_payload(), [world.key("acme")], "application/json")
        forged = Envelope(made.payload, "application/vnd.in-toto+json", made.signatures)
        with pytest.raises(RegisterError, match="does not verify"):
            world.docket.admit(Entry.parse(world.docket.size, forged.to_bytes()))


class TestSignedWith:
    """What the law has signed with keys of several types."""

    def test_a_determination_is_signed_with_each_of_them(self, world: "World") -> None:
        world.assessed()
        act = world.act("review.clear", by="decider", inputs=world.findings())
        for signers in world.keys("decider"):
            lone = sign(act.to_payload(), [signers])
            entry = Entry.parse(world.docket.size, lone.to_bytes())
            with pytest.raises(RegisterError, match="also signed with a key of the type"):
                world.docket.admit(entry)
        world.admit(act)

    def test_both_must_hold(self, world: "World") -> None:
        world.assessed()
        act = world.act("review.clear", by="decider", inputs=world.findings())
        whole = sign(act.to_payload(), world.keys("decider"))
        flipped = bytes([whole.signatures[0].sig[0] ^ 1]) + whole.signatures[0].sig[1:]
        first = replace(whole.signatures[0], sig=flipped)
        broken = replace(whole, signatures=(first, *whole.signatures[1:]))
        with pytest.raises(RegisterError, match="does not verify"):
            world.docket.admit(Entry.parse(world.docket.size, broken.to_bytes()))


class TestReach:
    """What an act does not ask for, nobody can add; and a key has one holder, in whatever form."""

    @pytest.mark.parametrize("party", ["root", "registrar", "rival", "nobody", ["x"], {}])
    def test_who_rotates_its_keys_reaches_nobody_elses(self, world: "World", party: Any) -> None:
        before = {each.id: each.keys for each in world.docket.parties.values()}
        act = world.act(
            "register.rotate-keys", "acme", "register", keys=keys_of(world, "evil"), party=party
        )
        admit(world, act, "acme", "evil")
        changed = {id_ for id_, keys in before.items() if world.docket.parties[id_].keys != keys}
        assert changed == {"acme"}

    def test_the_root_reaches_registrars_and_courts_alone(self, world: "World") -> None:
        said = {"by": "root", "case": "register"}
        assert "authority.registrar or court, and nobody else" in world.refused(
            "register.replace-appointed-keys",
            **said,
            party="decider",
            keys=keys_of(world, "evil"),
        )
        newcomer = world.party("second-court", "court")
        newcomer["party"] = newcomer.pop("id")
        assert "authority.registrar, and nobody else" in world.refused(
            "register.appoint", **said, **newcomer
        )

    def test_the_registrar_enters_the_first_court_and_the_court_every_other(
        self, world: "World"
    ) -> None:
        newcomer = world.party("second-court", "court")
        newcomer["party"] = newcomer.pop("id")
        assert "does not reach a party that is court" in world.refused(
            "register.enrol", by="registrar", case="register", **newcomer
        )
        developer = {**newcomer, "role": "developer"}
        assert "court, and nobody else" in world.refused(
            "register.seat-court", by="judge", case="register", **developer
        )
        world.file("register.seat-court", by="judge", case="register", **newcomer)
        assert world.docket.parties["second-court"].role == "court"

    def test_only_the_root_gives_a_court_other_keys(self, world: "World") -> None:
        said = {"party": "judge", "keys": keys_of(world, "judge 2")}
        for by, act in (("registrar", "replace-keys"), ("judge", "replace-keys")):
            world.refused(f"register.{act}", by=by, case="register", **said)
        world.file("register.replace-appointed-keys", by="root", case="register", **said)
        assert held(world, "judge") == {world.key("judge 2").public}

    def test_no_charter_names_a_second_root(self, world: "World") -> None:
        empty = type(world)(world.book)
        with pytest.raises(Exception, match="another role"):
            empty.open(registrar=world.party("registrar", "authority.root"))

    def test_a_passkey_over_a_key_is_that_key(self, world: "World") -> None:
        def passkey(name: str, credential: str) -> dict[str, Any]:
            raw = base64.b64decode(str(world.key(name).public.to_json()["public"]))
            cose = bytes.fromhex("a4010103272006215820") + raw
            return {
                "type": "webauthn",
                "rp_id": "register.example",
                "origin": "https://register.example",
                "credential": base64.b64encode(credential.encode()).decode(),
                "public": base64.b64encode(cose).decode(),
            }

        own = [*keys_of(world, "acme"), passkey("acme", "a")]
        assert "twice, if in two forms" in world.refused(
            "register.rotate-keys", by="acme", case="register", keys=own
        )
        two = [passkey("new", "a"), passkey("new", "b")]
        assert "twice, if in two forms" in world.refused(
            "register.rotate-keys", by="acme", case="register", keys=two
        )
        said = {"party": "lab-c", "name": "C", "role": "assessor", "keys": [passkey("acme", "a")]}
        assert "belongs, or belonged, to another party" in world.refused(
            "register.enrol", by="registrar", case="register", **said
        )
        admit(world, rotation(world, "acme", "acme 2"), "acme", "acme 2")
        assert "was retired" in world.refused(
            "register.rotate-keys", by="acme", case="register", keys=[passkey("acme", "a")]
        )
