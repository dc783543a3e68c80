"""The operator: it holds the register's keys, and every other key besides, and publishes at will.

What it publishes is a well-formed log under a valid checkpoint. Only what it says is wrong.
"""

from datetime import datetime, timedelta
from typing import Any

from tests.abuse.forgery import CLEARED, REFERRED, Forgery
from tests.abuse.scenario import OPERATOR, Scenario, forged

from holdshort.register.act import case_digest
from holdshort.register.envelope import Envelope
from holdshort.register.keys import PrivateKey


def drop(act: str, which: int = 0) -> Any:
    def forge(hand: Forgery) -> None:
        del hand.leaves[hand.find(act)[which]]

    return forge


def drop_enrolment(hand: Forgery) -> None:
    at = next(
        i for i in hand.find("register.enrol") if hand.entry(i).act.fields["party"] == "developer"
    )
    del hand.leaves[at]


def first_the_verdict(hand: Forgery) -> None:
    """The determination stands before the findings."""
    at, before = hand.find("review.refer")[0], hand.find("review.file-finding")[0]
    hand.leaves.insert(before, hand.leaves.pop(at))


def backdate(days: int) -> Any:
    def forge(hand: Forgery) -> None:
        def change(statement: dict[str, Any]) -> None:
            at = datetime.fromisoformat(statement["predicate"]["at"]) - timedelta(days=days)
            statement["predicate"]["at"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")

        hand.change("review.conclude", change)

    return forge


def clear_after_all(hand: Forgery) -> None:
    inputs = hand.find("review.file-finding")
    hand.append("review.clear", "decision-maker", inputs=inputs, reasons="A friend asked.")


def unsigned_change(hand: Forgery) -> None:
    """A determination altered under the signatures that it had."""
    at = hand.find("review.refer")[0]
    envelope = Envelope.from_bytes(hand.leaves[at], "leaf")
    payload = envelope.payload.replace(b'"reasons":"', b'"reasons":"Not ', 1)
    assert payload != envelope.payload
    hand.leaves[at] = Envelope(payload, envelope.payload_type, envelope.signatures).to_bytes()
    hand.state_anew()


def better_numbers(hand: Forgery) -> None:
    """Numbers from which the same outcome follows, and that the evidence does not give."""

    def change(statement: dict[str, Any]) -> None:
        statement["predicate"]["fields"]["statistics"]["e_below"] = "987654321"

    hand.change("review.file-finding", change)


def other_evidence(content: bytes | None) -> Any:
    """Other evidence under every finding, each signed anew by the assessor."""

    def forge(hand: Forgery) -> None:
        digest = hand.folder.put_blob(evidence(hand) if content is None else content)

        def change(statement: dict[str, Any]) -> None:
            statement["predicate"]["fields"]["evidence"] = digest
            statement["subject"][1]["digest"]["sha256"] = digest

        for at in hand.find("review.file-finding"):
            hand.leaves[at] = hand.sign(at, change)
        hand.state_anew()

    return forge


def evidence(hand: Forgery) -> bytes:
    """The evidence of the other model."""
    other = Forgery(hand.others(REFERRED), hand.scratch, hand.others)
    act = other.entry(other.find("review.file-finding")[0]).act
    return bytes(other.folder.read_blob(str(act.fields["evidence"])))


def another_key(hand: Forgery) -> None:
    key = PrivateKey.from_seed(bytes(32), "ed25519")
    (hand.public / "checkpoint").write_bytes(hand.head(hand.leaves, key))


def another_tree(hand: Forgery) -> None:
    (hand.public / "checkpoint").write_bytes(hand.head(hand.leaves[:-1]))


def hide_hold(hand: Forgery) -> None:
    """The developer's hold stands on the log, and the snapshot after it says: valid."""
    snapshot = dict(hand.entry(hand.find("register.snapshot")[-1]).act.fields)
    hand.append("review.hold", "developer", reasons="Unsafe.")
    hand.append(
        "register.snapshot",
        "register",
        "register",
        **{**snapshot, "sequence": int(str(snapshot["sequence"])) + 1},
    )


def hold_openly(hand: Forgery) -> None:
    hand.append("review.hold", "developer", reasons="Unsafe.")


def skip_a_number(hand: Forgery) -> None:
    stated = hand.entry(hand.find("register.snapshot")[-1]).act.fields
    hand.say("register.snapshot", sequence=int(str(stated["sequence"])) + 5)


def under_another_law(hand: Forgery) -> None:
    hand.change(
        "review.conclude", lambda statement: statement["predicate"].update(rulebook="ab" * 32)
    )


def from_another_register(hand: Forgery) -> None:
    other = Forgery(hand.others(CLEARED), hand.scratch, hand.others)
    hand.leaves.append(other.leaves[other.find("review.clear")[0]])


def for_another_register(hand: Forgery) -> None:
    def change(statement: dict[str, Any]) -> None:
        elsewhere = "holdshort.example/elsewhere"
        statement["predicate"]["register"] = elsewhere
        statement["subject"][0]["digest"]["sha256"] = case_digest(elsewhere, hand.review)

    hand.change("review.conclude", change)


def by_somebody_else(hand: Forgery) -> None:
    at = hand.find("register.snapshot")[-1]
    hand.leaves[at] = hand.sign(at, lambda statement: None, "developer")


def retitle(hand: Forgery) -> None:
    hand.more = ["--charter", hand.charter()]
    hand.leaves[0] = hand.sign(
        0, lambda statement: statement["predicate"]["fields"].update(title="Other")
    )
    hand.state_anew()


def no_rehearsal(hand: Forgery) -> None:
    """A rehearsal that calls itself an authority."""
    hand.more = ["--charter", hand.charter()]
    hand.leaves[0] = hand.sign(
        0, lambda statement: statement["predicate"]["fields"].update(rehearsal=False)
    )
    hand.state_anew()


def pinned(hand: Forgery) -> None:
    hand.more = ["--charter", hand.charter()]


def another_assessor(hand: Forgery) -> None:
    drawn = hand.entry(hand.find("review.assign")[0]).act.fields["assessor"]
    others = [hand.entry(i).act.by for i in hand.find("review.declare-interests")]
    hand.say("review.assign", assessor=next(each for each in others if each != drawn))


def remove(act: str, field: str) -> Any:
    def forge(hand: Forgery) -> None:
        hand.blob(act, field).unlink()

    return forge


def overwrite(act: str, field: str) -> Any:
    def forge(hand: Forgery) -> None:
        hand.blob(act, field).write_bytes(b"Something else.")

    return forge


def lax_law(hand: Forgery) -> None:
    """The published law, with the ground struck out."""
    from holdshort.register.folder import blob_path

    path = hand.public / blob_path(hand.entry(0).act.rulebook)
    text = path.read_bytes()
    path.write_bytes(text.replace(b'review.finding[case.ground] == "unacceptable"', b"true"))


def planted(name: str) -> Any:
    def forge(hand: Forgery) -> None:
        path = hand.public / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"?")

    return forge


def twice(act: str) -> Any:
    def forge(hand: Forgery) -> None:
        hand.leaves.append(hand.leaves[hand.find(act)[0]])

    return forge


def one_byte(hand: Forgery) -> str:
    weights = hand.copy_of_weights()
    path = min(each for each in weights.rglob("*") if each.is_file())
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(content)
    return hand.ask(weights)


def a_file_more(hand: Forgery) -> str:
    weights = hand.copy_of_weights()
    (weights / "adapter.safetensors").write_bytes(b"fine-tuned after the test")
    return hand.ask(weights)


def served(hand: Forgery) -> str:
    return hand.ask()


def yesterday(hand: Forgery) -> str:
    """A gate that has seen today is shown yesterday's register."""
    memory = hand.scratch / "memory"
    hand.ask(memory=memory)
    hand.leaves.pop()
    return hand.ask(public=hand.publish(hand.scratch / "old"), memory=memory)


def today_again(hand: Forgery) -> str:
    memory = hand.scratch / "memory"
    hand.ask(memory=memory)
    return hand.ask(memory=memory)


def frozen(hand: Forgery) -> str:
    """Nothing is published any more, so that a later suspension is never seen."""
    return hand.ask(now=datetime.fromisoformat(next_update(hand)) + timedelta(seconds=1))


def next_update(hand: Forgery) -> str:
    return str(hand.entry(hand.find("register.snapshot")[-1]).act.fields["next_update"])


def in_time(hand: Forgery) -> str:
    return hand.ask(now=datetime.fromisoformat(next_update(hand)))


def another_charter(hand: Forgery) -> str:
    return hand.ask(charter="ab" * 32)


def own_charter(hand: Forgery) -> str:
    return hand.ask(charter=hand.charter())


def as_the_real_thing(hand: Forgery) -> str:
    return hand.ask(rehearsal=False)


def referred_weights(hand: Forgery) -> str:
    """Weights that were referred, on the register that cleared others."""
    other = Forgery(hand.others(REFERRED), hand.scratch, hand.others)
    return hand.ask(other.weights)


def two_histories(hand: Forgery) -> tuple[bytes, bytes]:
    other = [*hand.leaves[:-2], hand.leaves[-1], hand.leaves[-2]]
    return hand.head(hand.leaves), hand.head(other)


def one_history(hand: Forgery) -> tuple[bytes, bytes]:
    return hand.head(hand.leaves), hand.head(hand.leaves)


SCENARIOS: tuple[Scenario, ...] = (
    forged(
        "The operator takes a finding out of the log",
        OPERATOR,
        "an unacceptable finding that never was",
        REFERRED,
        drop("review.file-finding"),
        "lawfulness",
        "Every area has a finding",
    ),
    forged(
        "The operator takes the developer's enrolment out of the log",
        OPERATOR,
        "a party that never was",
        CLEARED,
        drop_enrolment,
        "lawfulness",
        "developer is not enrolled",
    ),
    forged(
        "The operator takes the reveal of the Agency out of the log",
        OPERATOR,
        "a draw that nobody can make again",
        CLEARED,
        drop("review.reveal-authority"),
        "lawfulness",
        "reveals after the Agency",
    ),
    forged(
        "The operator puts the determination before the findings",
        OPERATOR,
        "a verdict first",
        REFERRED,
        first_the_verdict,
        "lawfulness",
        "It needs the state assessed",
    ),
    forged(
        "The operator dates an act back by a week",
        OPERATOR,
        "a duty done in time",
        REFERRED,
        backdate(7),
        "lawfulness",
        "more than a day before the last one",
    ),
    forged(
        "The operator appends a clearance of what was referred, under the decision maker's own key",
        OPERATOR,
        "the runway",
        REFERRED,
        clear_after_all,
        "lawfulness",
        "review.clear by decision-maker",
    ),
    forged(
        "The operator lets the case officer's key sign the determination",
        OPERATOR,
        "the prosecutor as judge",
        CLEARED,
        lambda hand: hand.change("review.clear", lambda statement: None, "case-officer"),
        "lawfulness",
        "(decision-maker)",
    ),
    forged(
        "The operator signs the determination with one of the two keys that it takes",
        OPERATOR,
        "a determination on half the authority",
        CLEARED,
        lambda hand: hand.change("review.clear", lambda statement: None),
        "lawfulness",
        "ml-dsa-65",
    ),
    forged(
        "The operator alters the reasons of a determination and leaves the old signatures on it",
        OPERATOR,
        "other reasons under the same signatures",
        REFERRED,
        unsigned_change,
        "lawfulness",
        "does not verify",
    ),
    forged(
        "The operator files an act that no law knows",
        OPERATOR,
        "a power by invention",
        REFERRED,
        lambda hand: hand.append("review.ban", "case-officer"),
        "lawfulness",
        "no act 'review.ban'",
    ),
    forged(
        "The operator lets an act stand under a law that was never adopted",
        OPERATOR,
        "a law made for one case",
        REFERRED,
        under_another_law,
        "lawfulness",
        "The act is under the rulebook",
    ),
    forged(
        "The operator copies a clearance from another register into this one",
        OPERATOR,
        "the runway",
        REFERRED,
        from_another_register,
        "lawfulness",
        "is meant for",
    ),
    forged(
        "The operator enters an act that was signed for another register",
        OPERATOR,
        "a signature turned to another use",
        REFERRED,
        for_another_register,
        "lawfulness",
        "is meant for",
    ),
    forged(
        "The operator enters a signed act a second time",
        OPERATOR,
        "an act that its party did once",
        CLEARED,
        twice("review.issue-clearance"),
        "lawfulness",
        "issued once",
    ),
    forged(
        "The operator names another assessor than the one drawn, with the assessor's consent",
        OPERATOR,
        "the outcome of the test",
        CLEARED,
        another_assessor,
        "lawfulness",
        "is the one that the lot draws",
    ),
    forged(
        "The operator gives a finding better numbers than its evidence",
        OPERATOR,
        "a finding that nobody has found",
        CLEARED,
        better_numbers,
        "findings",
        "e_below",
    ),
    forged(
        "The operator puts the evidence of another model under the findings",
        OPERATOR,
        "a tame model's answers",
        CLEARED,
        other_evidence(None),
        "findings",
        "another protocol",
    ),
    forged(
        "The operator puts under the findings what is no evidence at all",
        OPERATOR,
        "findings without a test",
        CLEARED,
        other_evidence(b"Trust us."),
        "findings",
        "not an evidence bundle",
    ),
    forged(
        "The operator takes the evidence away",
        OPERATOR,
        "findings that nobody can check",
        CLEARED,
        remove("review.file-finding", "evidence"),
        "documents",
        "which is not published",
    ),
    forged(
        "The operator writes something else over the evidence",
        OPERATOR,
        "findings that nobody can check",
        CLEARED,
        overwrite("review.file-finding", "evidence"),
        "blobs",
        "The content does not have",
    ),
    forged(
        "The operator strikes the ground out of the published law",
        OPERATOR,
        "a law without its limit",
        CLEARED,
        lax_law,
        "rulebook",
        "does not have this digest",
    ),
    forged(
        "The operator signs the checkpoint with another key",
        OPERATOR,
        "another log under the old name",
        CLEARED,
        another_key,
        "checkpoint",
        "No known key",
    ),
    forged(
        "The operator signs a checkpoint that leaves the last entry out",
        OPERATOR,
        "an entry that is there and is not",
        CLEARED,
        another_tree,
        "root",
        "hash to the checkpoint's root",
    ),
    forged(
        "The operator changes one bit of an entry after the checkpoint was signed",
        OPERATOR,
        "history by retouching",
        CLEARED,
        lambda hand: hand.spoil("tile/entries/000.p"),
        "entries",
        "tile/entries/000.p",
    ),
    forged(
        "The operator changes one bit of the tree",
        OPERATOR,
        "proofs that do not prove",
        CLEARED,
        lambda hand: hand.spoil("tile/0/000.p"),
        "tiles",
        "tile/0/000.p",
    ),
    forged(
        "The operator publishes a file that no entry speaks of",
        OPERATOR,
        "a document that looks official",
        CLEARED,
        planted("blobs/sha256/ab/notice"),
        "files",
        "blobs/sha256/ab/notice",
    ),
    forged(
        "The operator hides a suspension: the snapshot after it says valid",
        OPERATOR,
        "a suspended model in service",
        CLEARED,
        hide_hold,
        "lawfulness",
        "what follows from the record",
        honest=hold_openly,
    ),
    forged(
        "The operator skips numbers of snapshots, as if there had been more",
        OPERATOR,
        "snapshots that nobody can ask for",
        CLEARED,
        skip_a_number,
        "lawfulness",
        "what follows from the record",
    ),
    forged(
        "The operator lets somebody else state where clearances stand",
        OPERATOR,
        "statuses by whoever is asked",
        CLEARED,
        by_somebody_else,
        "lawfulness",
        "(register)",
    ),
    forged(
        "The operator rewrites the charter, and signs it as root",
        OPERATOR,
        "another register under the old name",
        CLEARED,
        retitle,
        "charter",
        "expected",
        honest=pinned,
    ),
    forged(
        "The operator turns a rehearsal into an authority by rewriting its charter",
        OPERATOR,
        "clearances with nobody behind them",
        CLEARED,
        no_rehearsal,
        "charter",
        "expected",
        honest=pinned,
    ),
    forged(
        "The operator signs one history for the public and another for a friend",
        OPERATOR,
        "two truths",
        CLEARED,
        two_histories,
        "check-fork",
        "signed two different trees",
        how="witness",
        honest=one_history,
    ),
    forged(
        "The operator shows a gate the register of yesterday, from before the suspension",
        OPERATOR,
        "a suspended model in service",
        CLEARED,
        yesterday,
        "the gate's memory",
        "went back",
        how="gate",
        honest=today_again,
    ),
    forged(
        "The operator stops publishing, so that a suspension is never seen",
        OPERATOR,
        "a suspended model in service",
        CLEARED,
        frozen,
        "the snapshot's next update",
        "stale",
        how="gate",
        honest=in_time,
    ),
    forged(
        "The operator shows a gate another register than the pinned one",
        OPERATOR,
        "clearances by another root",
        CLEARED,
        another_charter,
        "the pinned charter",
        "not the pinned",
        how="gate",
        honest=own_charter,
    ),
    forged(
        "The operator passes a rehearsal's clearance off as an authority's",
        OPERATOR,
        "a model in service that nobody cleared",
        CLEARED,
        as_the_real_thing,
        "the charter's rehearsal",
        "rehearsal",
        how="gate",
        honest=served,
    ),
)
