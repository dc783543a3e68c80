"""The gate: which weights pass, and everything that stands in the way of the others."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from holdshort.errors import HoldshortError, RegisterError
from holdshort.gate.check import Decision, RegisterView, check
from holdshort.gate.manifest import compute
from holdshort.office.door import Office
from holdshort.register.canonical import Json
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.clearance import EXTENSION
from holdshort.register.envelope import Envelope, sign
from holdshort.register.folder import Folder, blob_path
from holdshort.register.keys import PrivateKey, load
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner
from holdshort.register.status import encode_list

Scripted = Callable[..., Any]
SECOND = timedelta(seconds=1)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A model of two files, the larger of 100,000 bytes."""
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "model.gguf").write_bytes(bytes(range(250)) * 400)
    (folder / "tokenizer.json").write_text("{}")
    return folder


class Reviewed:
    """A register on which some weights were reviewed, and a way to ask its gate."""

    def __init__(self, outcome: Any, weights: Path) -> None:
        self.office: Office = outcome.office
        self.case = outcome.case.id
        self.weights = weights
        self.public = self.office.place.public

    def ask(
        self,
        weights: Path | None = None,
        *,
        now: datetime | None = None,
        rehearsal: bool = True,
        public: Path | None = None,
        charter: str | None = None,
    ) -> Decision:
        view = RegisterView(Folder(public or self.public), charter)
        return check(compute(weights or self.weights), view, allow_rehearsal=rehearsal, now=now)

    def forge(self, change: Callable[[list[bytes]], list[bytes]], to: Path) -> Path:
        """A copy of the published register with other leaves, signed anew by the register's key."""
        shutil.copytree(self.public, to)
        shutil.rmtree(to / "tile")
        (to / "checkpoint").unlink()
        leaves = change(list(Folder(self.public).leaves()))
        origin = self.office.docket.charter.origin
        head = Checkpoint(origin, len(leaves), Tree(map(leaf_hash, leaves)).root())
        signer = NoteSigner(origin, self.office.key("register"))
        Folder(to).publish(leaves, sign_checkpoint(head, signer))
        return to

    def last_snapshot(self) -> int:
        """Place of the newest snapshot in the log."""
        return [e.index for e in self.office.entries() if e.act.name == "snapshot"][-1]


@pytest.fixture
def reviewed(tmp_path: Path, scripted: Scripted, weights: Path) -> Reviewed:
    return Reviewed(scripted(tmp_path / "data", weights=weights), weights)


def payload(leaf: bytes) -> dict[str, Any]:
    """What a leaf says."""
    return dict(json.loads(Envelope.from_bytes(leaf, "leaf").payload))


def resigned(statement: dict[str, Any], key: PrivateKey) -> bytes:
    """A leaf that says something else, signed by ``key``."""
    from holdshort.register.canonical import canonical

    return sign(canonical(statement), [key]).to_bytes()


# ------------------------------------------------------------------ who passes


def test_cleared_weights_pass_with_the_entry_that_cleared_them(reviewed: Reviewed) -> None:
    decision = reviewed.ask()
    assert decision.served
    assert decision.case == reviewed.case
    assert decision.entry is not None
    assert reviewed.office.docket.clearances[0].entry == decision.entry
    assert decision.status == "valid"
    assert decision.reasons == (
        f"Cleared in {reviewed.case} (entry {decision.entry}), status valid.",
    )


def test_weights_cleared_with_conditions_pass(
    tmp_path: Path, scripted: Scripted, weights: Path
) -> None:
    outcome = scripted(tmp_path / "data", "reference/guesser", weights=weights)
    decision = Reviewed(outcome, weights).ask()
    assert decision.served
    assert decision.status == "conditional"


def test_a_rehearsal_passes_nobody_who_did_not_ask_for_one(reviewed: Reviewed) -> None:
    refused = reviewed.ask(rehearsal=False)
    assert not refused.served
    assert refused.rehearsal
    assert len(refused.reasons) == 1
    assert "--allow-rehearsal" in refused.reasons[0]


def test_a_real_register_asks_for_no_such_leave(
    tmp_path: Path, scripted: Scripted, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from holdshort.office.opening import Opening
    from holdshort.office.review import review

    def real(title: str, *, rehearsal: bool) -> Opening:
        assert rehearsal
        return Opening(title, rehearsal=False)

    monkeypatch.setattr(review, "Opening", real)
    reviewed = Reviewed(scripted(tmp_path / "data", weights=weights), weights)
    decision = reviewed.ask(rehearsal=False)
    assert decision.served
    assert not decision.rehearsal


def test_the_answer_is_the_same_wherever_the_weights_lie(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    moved = Path(shutil.copytree(reviewed.weights, tmp_path / "elsewhere"))
    assert reviewed.ask(moved) == reviewed.ask()


# ------------------------------------------------------------------ other weights


def test_one_byte_changed_is_refused_with_its_file_its_place_and_the_case_it_is_near(
    reviewed: Reviewed,
) -> None:
    path = reviewed.weights / "model.gguf"
    content = bytearray(path.read_bytes())
    content[54_321] ^= 1
    path.write_bytes(content)
    refused = reviewed.ask()
    assert not refused.served
    assert refused.reasons == (
        "These weights hold no clearance.",
        f"Compared with what {reviewed.case} cleared: model.gguf: bytes 0–99999 differ",
    )


def test_a_file_more_is_refused_and_named(reviewed: Reviewed) -> None:
    (reviewed.weights / "modeling.py").write_text("import os\n")
    refused = reviewed.ask()
    assert not refused.served
    assert "extra file modeling.py (10 bytes)" in refused.reasons[1]


def test_a_file_less_is_refused_and_named(reviewed: Reviewed) -> None:
    (reviewed.weights / "tokenizer.json").unlink()
    assert "missing file tokenizer.json" in reviewed.ask().reasons[1]


def test_weights_like_none_on_the_register_are_compared_with_none(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.bin").write_bytes(b"a")
    assert reviewed.ask(tmp_path / "other").reasons == ("These weights hold no clearance.",)


def test_the_comparison_is_with_the_weights_that_are_nearest(
    reviewed: Reviewed, tmp_path: Path, scripted: Scripted
) -> None:
    """Same names in both, but the files of one are equal but for the one that changed."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "model.gguf").write_bytes(b"quite another model")
    (other / "tokenizer.json").write_text("[]")
    scripted(tmp_path / "data", weights=other)
    (reviewed.weights / "tokenizer.json").write_text("{ }")
    assert reviewed.case in reviewed.ask().reasons[1]


def test_many_differences_are_counted_and_not_all_told(reviewed: Reviewed, tmp_path: Path) -> None:
    for number in range(30):
        (reviewed.weights / f"shard-{number:02}").write_bytes(b"x")
    reasons = reviewed.ask().reasons
    assert len(reasons) == 12
    assert "20 more differences" in reasons[-1]


def test_a_comparison_that_cannot_be_made_leaves_the_refusal(reviewed: Reviewed) -> None:
    weights = reviewed.office.docket.clearances[0].weights
    assert weights
    (reviewed.public / blob_path(weights)).unlink()
    (reviewed.weights / "tokenizer.json").write_text("{ }")
    assert reviewed.ask().reasons == ("These weights hold no clearance.",)


def test_weights_that_were_referred_are_refused(
    tmp_path: Path, scripted: Scripted, weights: Path
) -> None:
    refused = Reviewed(scripted(tmp_path / "data", "reference/solver", weights=weights), weights)
    assert refused.ask().reasons == ("These weights hold no clearance.",)


def test_another_registers_clearance_clears_nothing_here(
    reviewed: Reviewed, tmp_path: Path, scripted: Scripted
) -> None:
    other = scripted(tmp_path / "other", "reference/solver")
    assert not reviewed.ask(public=other.office.place.public).served
    pin = reviewed.office.docket.charter.leaf_hash
    assert reviewed.ask(charter=pin).served
    with pytest.raises(RegisterError, match="not the pinned"):
        reviewed.ask(public=other.office.place.public, charter=pin)


# ------------------------------------------------------------------ standing


def test_a_hold_stops_the_weights_and_its_release_lets_them_go(reviewed: Reviewed) -> None:
    office = reviewed.office
    office.file("review.hold", reviewed.case, "developer", {"reasons": "Weaker safeguards."})
    held = reviewed.ask()
    assert not held.served
    assert held.status == "suspended"
    assert held.reasons == (f"The clearance of {reviewed.case} is suspended.",)
    office.file("review.release", reviewed.case, "developer", {"reasons": "Mended."})
    assert reviewed.ask().served


def test_an_appeal_against_conditions_leaves_the_clearance_under_them(
    tmp_path: Path, scripted: Scripted, weights: Path
) -> None:
    outcome = scripted(tmp_path / "data", "reference/guesser", weights=weights)
    reviewed = Reviewed(outcome, weights)
    because = {"because": "disproportionate", "grounds": "Too strict."}
    outcome.office.file("review.appeal", reviewed.case, "developer", because)
    decision = reviewed.ask()
    assert decision.served
    assert decision.status == "conditional"
    outcome.office.file(
        "review.remit", reviewed.case, "court", {"reasons": "Too strict.", "directions": "Less."}
    )
    refused = reviewed.ask()
    assert not refused.served
    assert refused.status == "invalid"


def test_a_suspension_is_not_evaded_by_a_review_under_a_second_name(
    reviewed: Reviewed, scripted: Scripted, tmp_path: Path
) -> None:
    """The same weights, cleared again as another model: what suspends them holds all the same."""
    second = scripted(tmp_path / "data", "reference/noisy-0.0", weights=reviewed.weights)
    assert reviewed.ask().served
    reviewed.office.sync()
    reviewed.office.file("review.hold", reviewed.case, "developer", {"reasons": "Unsafe."})
    assert reviewed.ask().status == "suspended"
    assert not reviewed.ask().served
    reviewed.office.file("review.release", reviewed.case, "developer", {"reasons": "Safe."})
    reviewed.office.file("review.hold", second.case.id, "developer", {"reasons": "Unsafe too."})
    assert not reviewed.ask().served


def test_a_snapshot_is_believed_until_its_time_and_not_a_second_longer(
    reviewed: Reviewed,
) -> None:
    snapshot = reviewed.office.docket.last_snapshot
    assert snapshot
    ends = datetime.fromisoformat(snapshot.next_update)
    assert reviewed.ask(now=ends).served
    stale = reviewed.ask(now=ends + SECOND)
    assert not stale.served
    assert "stale" in stale.reasons[0]
    assert snapshot.next_update in stale.reasons[0]


def test_a_clock_behind_the_register_is_not_trusted(reviewed: Reviewed) -> None:
    snapshot = reviewed.office.docket.last_snapshot
    assert snapshot
    begins = datetime.fromisoformat(snapshot.issued_at)
    assert reviewed.ask(now=begins).served
    early = reviewed.ask(now=begins - SECOND)
    assert not early.served
    assert "this clock says" in early.reasons[0]


def test_a_clock_in_another_zone_is_the_same_clock(reviewed: Reviewed) -> None:
    from zoneinfo import ZoneInfo

    snapshot = reviewed.office.docket.last_snapshot
    assert snapshot
    ends = datetime.fromisoformat(snapshot.next_update).astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert reviewed.ask(now=ends).served
    assert not reviewed.ask(now=ends + SECOND).served


# ------------------------------------------------------------------ forged and damaged registers


def test_a_snapshot_signed_by_someone_else_is_not_believed(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    at = reviewed.last_snapshot()

    def forge(leaves: list[bytes]) -> list[bytes]:
        leaves[at] = resigned(payload(leaves[at]), load(reviewed.office.place.key("developer")))
        return leaves

    with pytest.raises(RegisterError, match=r"signature|signed"):
        reviewed.ask(public=reviewed.forge(forge, tmp_path / "forged"))


def test_a_snapshot_in_someone_elses_name_is_not_believed(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    at = reviewed.last_snapshot()

    def forge(leaves: list[bytes]) -> list[bytes]:
        statement = payload(leaves[at])
        statement["predicate"]["by"] = "developer"
        leaves[at] = resigned(statement, load(reviewed.office.place.key("developer")))
        return leaves

    with pytest.raises(RegisterError, match="not the register's own"):
        reviewed.ask(public=reviewed.forge(forge, tmp_path / "forged"))


def test_a_register_that_never_stated_a_status_passes_nobody(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    forged = reviewed.forge(lambda leaves: leaves[: reviewed.last_snapshot()], tmp_path / "f")
    with pytest.raises(RegisterError, match="no status yet"):
        reviewed.ask(public=forged)


def test_a_suspension_cannot_be_hidden_behind_another_entry(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    """The newest snapshot's leaf is replaced by a harmless act; its hash stays in the tiles."""
    reviewed.office.file("review.hold", reviewed.case, "developer", {"reasons": "Unsafe."})
    at = reviewed.last_snapshot()
    mirror = Path(shutil.copytree(reviewed.public, tmp_path / "mirror"))
    leaves = list(Folder(mirror).leaves())
    leaves[at] = leaves[1]
    bundle = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)
    (path,) = (mirror / "tile" / "entries" / "000.p").iterdir()
    path.write_bytes(bundle)
    with pytest.raises(RegisterError, match="did not commit to") as refused:
        reviewed.ask(public=mirror)
    assert "holdshort verify" in str(refused.value.do)


def test_a_newer_snapshot_is_found_across_bundles_of_other_acts(reviewed: Reviewed) -> None:
    """300 acts after the last snapshot: it stands in the bundle before the last."""
    for number in range(300):
        fields: dict[str, Json] = {"model": f"M{number}", "facts": {}}
        reviewed.office.file("review.declare", f"case-{number}", "developer", fields)
    assert reviewed.office.docket.size > 300
    assert reviewed.ask().served
    (full,) = (reviewed.public / "tile" / "entries").glob("000")
    full.write_bytes(full.read_bytes()[:-1])
    with pytest.raises(RegisterError, match="cut short"):
        reviewed.ask()


def test_an_index_for_other_weights_has_another_digest(reviewed: Reviewed) -> None:
    snapshot = reviewed.office.docket.last_snapshot
    assert snapshot
    path = reviewed.public / blob_path(snapshot.index)
    rows = json.loads(path.read_bytes())
    (reviewed.weights / "tokenizer.json").write_text("{ }")
    rows[0]["weights"] = compute(reviewed.weights).digest
    path.write_text(json.dumps(rows))
    with pytest.raises(RegisterError, match="digest"):
        reviewed.ask()


def test_even_a_register_that_lies_in_its_index_clears_only_the_weights_of_the_clearance(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    """A snapshot signed by the register itself, naming an index that names other weights."""
    (reviewed.weights / "tokenizer.json").write_text("{ }")
    refused = reviewed.ask(public=_with_index(reviewed, tmp_path, [_row(reviewed)]))
    assert not refused.served
    assert "is for other weights" in refused.reasons[0]


def test_an_index_that_names_another_act_clears_nothing(reviewed: Reviewed, tmp_path: Path) -> None:
    at = reviewed.last_snapshot()
    refused = reviewed.ask(
        public=_with_index(reviewed, tmp_path, [{**_row(reviewed), "entry": at}])
    )
    assert not refused.served
    assert f"Entry {at} is no clearance." in refused.reasons


def test_an_index_that_calls_the_clearance_another_cases_clears_nothing(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    told: tuple[dict[str, Any], ...] = ({"case": "another"}, {"kind": "change"}, {"kind": None})
    for number, said in enumerate(told):
        (tmp_path / str(number)).mkdir()
        public = _with_index(reviewed, tmp_path / str(number), [{**_row(reviewed), **said}])
        refused = reviewed.ask(public=public)
        assert not refused.served
        assert any("is another case's" in reason for reason in refused.reasons)


def test_the_name_of_the_act_that_issues_a_clearance_is_the_laws_own(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    """A gate asks who signed, for which case, weights and place; not how the law calls the act."""

    def rename(statement: dict[str, Any]) -> None:
        statement["predicateType"] = "https://holdshort.dev/act/review.issue-certificate/v1"
        statement["predicate"]["act"] = "issue-certificate"

    assert reviewed.ask(public=_with_clearance(reviewed, rename, tmp_path / "renamed")).served


CLEARANCES_OF_SOMETHING_ELSE: dict[str, Callable[[Any], Any]] = {
    "no result": lambda said: said.update(predicateType="https://slsa.dev/provenance/v1"),
    "nothing for gates": lambda said: said.pop(EXTENSION),
    "a text": lambda said: said.update({EXTENSION: "all is well"}),
    "another case": lambda said: said[EXTENSION].update(case="another"),
    "another kind": lambda said: said[EXTENSION].update(kind="change"),
    "another place": lambda said: said[EXTENSION].update(status_index=1),
    "other weights": lambda said: said[EXTENSION].update(weights="ab" * 32),
    "no status": lambda said: said[EXTENSION].update(serve="valid and conditional"),
}


def test_what_the_register_signs_clears_only_what_it_says(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    for name, change in CLEARANCES_OF_SOMETHING_ELSE.items():

        def forge(statement: dict[str, Any], change: Callable[[Any], Any] = change) -> None:
            change(statement["predicate"]["fields"]["clearance"])

        forged = _with_clearance(reviewed, forge, tmp_path / name)
        assert not reviewed.ask(public=forged).served, name


def test_a_clearance_forged_by_another_party_clears_nothing(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    """The developer logs a clearance in its own name, and the index names that entry."""
    at = reviewed.office.docket.clearances[0].entry
    (reviewed.weights / "tokenizer.json").write_text("{ }")
    mine = compute(reviewed.weights).digest
    forged_at = reviewed.last_snapshot()

    def forge(leaves: list[bytes]) -> list[bytes]:
        statement = payload(leaves[at])
        statement["predicate"]["by"] = "developer"
        statement["predicate"]["fields"]["clearance"][EXTENSION]["weights"] = mine
        forged = resigned(statement, load(reviewed.office.place.key("developer")))
        return [*leaves[:forged_at], forged, *leaves[forged_at:]]

    row = {**_row(reviewed), "entry": forged_at}
    with pytest.raises(RegisterError, match="not the register's own"):
        reviewed.ask(public=_with_index(reviewed, tmp_path, [row], forge))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "does not match the status list"),
        ([{"case": "x"}], "does not match the status list"),
        ([{"entry": "4"}], "does not match the status list"),
        (["row"], "does not match the status list"),
        ({"rows": 1}, "does not match the status list"),
        ([{"entry": 10_000}], "not in the log"),
        ([{"entry": -1}], "not in the log"),
    ],
)
def test_an_index_that_makes_no_sense_is_a_damaged_register(
    reviewed: Reviewed, tmp_path: Path, rows: Any, says: str
) -> None:
    if isinstance(rows, list):
        weights = compute(reviewed.weights).digest
        rows = [{**row, "weights": weights} if isinstance(row, dict) else row for row in rows]
    with pytest.raises(RegisterError, match=says):
        reviewed.ask(public=_with_index(reviewed, tmp_path, rows))


def test_a_list_of_statuses_that_makes_no_sense_is_a_damaged_register(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    at = reviewed.last_snapshot()

    def forge(leaves: list[bytes]) -> list[bytes]:
        statement = payload(leaves[at])
        statement["predicate"]["fields"]["status_list"]["lst"] = encode_list([0] * 64)
        leaves[at] = resigned(statement, reviewed.office.key("register"))
        return leaves

    with pytest.raises(RegisterError, match=f"entry {at}"):
        reviewed.ask(public=reviewed.forge(forge, tmp_path / "forged"))


def test_a_checkpoint_signed_by_another_key_is_refused(
    reviewed: Reviewed,
) -> None:
    head = Folder(reviewed.public).head()
    signer = NoteSigner(head.origin, PrivateKey.from_seed(bytes(32)))
    (reviewed.public / "checkpoint").write_bytes(sign_checkpoint(head, signer))
    with pytest.raises(RegisterError, match="checkpoint"):
        reviewed.ask()


def test_a_checkpoint_set_back_alone_does_not_fit_the_entries(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    """The old checkpoint beside the new tiles reads as the old log, which a memory would catch."""
    old = (reviewed.public / "checkpoint").read_bytes()
    reviewed.office.file("review.hold", reviewed.case, "developer", {"reasons": "Unsafe."})
    (reviewed.public / "checkpoint").write_bytes(old)
    pin = reviewed.office.docket.charter.leaf_hash
    assert reviewed.ask(charter=pin).log_size == Folder(reviewed.public).head().size
    shutil.rmtree(reviewed.public / "tile")
    with pytest.raises(RegisterError, match="missing"):
        reviewed.ask(charter=pin)


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000.p", "tile/entries/000.p"])
def test_every_single_damaged_byte_that_the_gate_reads_ends_in_no_answer_or_the_same_one(
    reviewed: Reviewed, name: str
) -> None:
    """Never another answer: what the gate does not look at may be damaged, nothing else."""
    path = reviewed.public / name
    path = path if path.is_file() else next(path.iterdir())
    whole = path.read_bytes()
    answer = reviewed.ask()
    manifest, refused = compute(reviewed.weights), 0
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        path.write_bytes(damaged)
        try:
            decision = check(manifest, RegisterView(Folder(reviewed.public)), allow_rehearsal=True)
        except HoldshortError as error:
            assert error.exit_code == 2  # noqa: PT017
            refused += 1
        else:
            assert decision == answer, at
    assert refused > 40 or name.startswith("tile/0")


def test_a_folder_that_holds_no_register_is_said_to_hold_none(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    with pytest.raises(RegisterError, match="no published register"):
        reviewed.ask(public=tmp_path)


def _with_clearance(reviewed: Reviewed, change: Callable[[dict[str, Any]], None], to: Path) -> Path:
    """The register as it would be had it signed another clearance."""
    at = reviewed.office.docket.clearances[0].entry

    def forge(leaves: list[bytes]) -> list[bytes]:
        statement = payload(leaves[at])
        change(statement)
        leaves[at] = resigned(statement, reviewed.office.key("register"))
        return leaves

    return reviewed.forge(forge, to)


def _row(reviewed: Reviewed) -> dict[str, Any]:
    return {
        "case": reviewed.case,
        "kind": "review",
        "entry": reviewed.office.docket.clearances[0].entry,
        "weights": compute(reviewed.weights).digest,
        "restrictions": [],
    }


def _with_index(
    reviewed: Reviewed,
    tmp_path: Path,
    rows: Any,
    also: Callable[[list[bytes]], list[bytes]] = lambda leaves: leaves,
) -> Path:
    """The register as it would be had it signed a snapshot over this index."""
    digest = reviewed.office.folder.put_blob(json.dumps(rows).encode())

    def forge(leaves: list[bytes]) -> list[bytes]:
        statement = payload(leaves[-1])
        statement["predicate"]["fields"]["index"] = digest
        return [*also(leaves[:-1]), resigned(statement, reviewed.office.key("register"))]

    return reviewed.forge(forge, tmp_path / "forged")
