"""``holdshort verify``: what a stranger finds, and that nothing wrong goes unnamed."""

import hashlib
import io
import json
import random
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holdshort.office.place import Place
from holdshort.register.folder import Folder, blob_path

Holdshort = Callable[..., Any]

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What was verified before is this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "holdshort"


def failures(ran: Any) -> dict[str, str]:
    """What failed, by name; the details of one name joined."""
    found: dict[str, str] = {}
    for check in ran.json["checks"]:
        if not check["ok"]:
            found[check["name"]] = f"{found.get(check['name'], '')} {check['detail']}".strip()
    return found


def published(public: Path) -> list[Path]:
    return sorted(path for path in public.rglob("*") if path.is_file())


# ------------------------------------------------------------------ what holds


@pytest.mark.parametrize("model", ["reference/null", "reference/solver"])
def test_a_sound_register_passes_every_check(
    holdshort: Holdshort, finished: Callable[[str], Path], tmp_path: Path, model: str
) -> None:
    data = Path(shutil.copytree(finished(model), tmp_path / "data"))
    ran = holdshort("verify", data)
    assert ran.code == 0
    assert "FAIL" not in ran.out
    assert "recomputed from the evidence" in ran.out
    assert "each lawful when it was done" in ran.out
    assert f"holdshort docket --data {data}" in ran.out
    asked = holdshort("verify", data, "--from-scratch", "--json")
    assert asked.code == 0
    assert asked.json["sound"]
    assert [check["name"] for check in asked.json["checks"]][:15] == [
        *("charter", "rehearsal", "checkpoint", "root", "entries", "tiles", "blobs", "files"),
        *("rulebook", "limits", "lawfulness", "keys", "snapshots", "witnesses", "documents"),
    ]
    assert all(check["seconds"] >= 0 for check in asked.json["checks"])


def test_the_published_folder_is_enough(
    holdshort: Holdshort, cleared: Path, tmp_path: Path
) -> None:
    """No key, no database: what any web server would serve."""
    alone = Path(shutil.copytree(cleared / "public", tmp_path / "mirror"))
    ran = holdshort("verify", alone)
    assert ran.code == 0
    assert "--data" not in ran.out
    assert "gate check WEIGHTS --register" in ran.out


def test_a_pinned_charter_is_said_to_be_pinned(holdshort: Holdshort, cleared: Path) -> None:
    charter = holdshort("verify", cleared, "--json").json["checks"][0]
    assert "not pinned" in charter["detail"]
    pinned = holdshort("verify", cleared, "--charter", charter["detail"].split()[0], "--json")
    assert pinned.code == 0
    assert pinned.json["checks"][0]["detail"].endswith("(pinned)")


def test_another_charter_than_the_pinned_one_fails(holdshort: Holdshort, cleared: Path) -> None:
    ran = holdshort("verify", cleared, "--charter", "ab" * 32, "--json")
    assert ran.code == 1
    assert f"expected {'ab' * 32}" in failures(ran)["charter"]


def test_a_register_that_has_only_opened_is_sound(holdshort: Holdshort, tmp_path: Path) -> None:
    holdshort("init", tmp_path / "data")
    assert holdshort("verify", tmp_path / "data").code == 0


# ------------------------------------------------------------------ damage


def test_every_single_byte_of_the_checkpoint_counts(holdshort: Holdshort, cleared: Path) -> None:
    path = cleared / "public" / "checkpoint"
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        ran = holdshort("verify", cleared / "public", "--json")
        assert ran.code == 1, at
        assert "checkpoint" in " ".join(failures(ran).values()), at


@pytest.mark.usefixtures("fast_law")
@pytest.mark.parametrize("positions", [40, pytest.param(150, marks=pytest.mark.slow)])
def test_a_byte_changed_anywhere_is_named_with_its_file_and_its_entry(
    holdshort: Holdshort, cleared: Path, positions: int
) -> None:
    """Positions drawn over files, not bytes, so that the large evidence leaves some to others."""
    public = cleared / "public"
    files = [path for path in published(public) if path.name != "checkpoint"]
    draws = random.Random(positions)
    for number in range(positions):
        path = files[number % len(files)]
        whole = path.read_bytes()
        at = draws.randrange(len(whole))
        path.write_bytes(
            whole[:at] + bytes([whole[at] ^ 1 << draws.randrange(8)]) + whole[at + 1 :]
        )
        ran = holdshort("verify", public, "--json")
        assert ran.code == 1, (path, at)
        said = " ".join(failures(ran).values())
        name = path.relative_to(public).as_posix()
        assert name in said, (name, at, said)
        if name.startswith("tile/entries"):
            assert f"{name}, entry {_entry_at(whole, at)}" in said, (at, said)
        path.write_bytes(whole)
    assert holdshort("verify", public).code == 0


def _entry_at(bundle: bytes, position: int) -> int:
    """Which entry of a bundle a byte belongs to, its length prefix included."""
    at = entry = 0
    while True:
        at += 2 + int.from_bytes(bundle[at : at + 2], "big")
        if position < at:
            return entry
        entry += 1


def test_damage_reads_well_for_a_person(holdshort: Holdshort, cleared: Path) -> None:
    (bundle,) = (cleared / "public" / "tile" / "entries" / "000.p").iterdir()
    content = bytearray(bundle.read_bytes())
    content[1000] ^= 1
    bundle.write_bytes(content)
    ran = holdshort("verify", cleared)
    assert ran.code == 1
    assert "FAIL  entries: tile/entries/000.p/" in ran.out
    assert "it is evidence" in ran.out
    assert "Next:" not in ran.out


def test_a_bundle_cut_short_is_named(holdshort: Holdshort, cleared: Path) -> None:
    (bundle,) = (cleared / "public" / "tile" / "entries" / "000.p").iterdir()
    content = bundle.read_bytes()
    for length in (0, 1, 700, len(content) - 1):
        bundle.write_bytes(content[:length])
        ran = holdshort("verify", cleared, "--json")
        assert ran.code == 1
        assert "tile/entries/000.p/" in failures(ran)["entries"]


@pytest.mark.parametrize("name", ["tile/entries/000.p", "tile/0/000.p", "checkpoint"])
def test_a_missing_file_is_named(holdshort: Holdshort, cleared: Path, name: str) -> None:
    path = cleared / "public" / name
    path = path if path.is_file() else next(path.iterdir())
    path.unlink()
    ran = holdshort("verify", cleared, "--json")
    assert ran.code == 1
    assert name in " ".join(failures(ran).values())


def test_every_missing_document_is_named_with_the_entry_that_refers_to_it(
    holdshort: Holdshort, cleared: Path
) -> None:
    blobs = [path for path in published(cleared / "public") if "blobs" in path.parts]
    assert len(blobs) >= 4
    for path in blobs:
        content = path.read_bytes()
        path.unlink()
        ran = holdshort("verify", cleared / "public", "--json")
        assert ran.code == 1
        said = failures(ran)
        assert path.name[:16] in said.get("documents", "") + said.get("rulebook", "")
        path.write_bytes(content)


@pytest.mark.parametrize("name", ["index.html", "tile/0/000.p/99", "blobs/sha256/ab/nothing"])
def test_a_file_more_is_named(holdshort: Holdshort, cleared: Path, name: str) -> None:
    path = cleared / "public" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"?")
    ran = holdshort("verify", cleared, "--json")
    assert ran.code == 1
    assert name in failures(ran)["files"]


@pytest.mark.parametrize("arguments", [(), ("--log-only",)])
def test_nothing_published_is_no_verdict(
    holdshort: Holdshort, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        ran = holdshort("verify", place, *arguments)
        assert ran.code == 2
        assert "Nothing is published here" in ran.err
        assert ran.out == ""


# ------------------------------------------------------------------ an operator that breaks the law


def test_an_act_that_is_taken_away_breaks_those_that_rest_on_it(
    holdshort: Holdshort, operator: Callable[[Path], Any], cleared: Path, tmp_path: Path
) -> None:
    """The accreditor's enrolment is dropped, and the log is signed anew."""
    forged = operator(cleared)
    dropped = forged.find("register.enrol")[0]
    party = forged.entry(dropped).act.fields["party"]
    first = next(i for i in range(len(forged.leaves)) if forged.entry(i).act.by == party)
    del forged.leaves[dropped]
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    assert ran.code == 1
    assert set(failures(ran)) <= {"lawfulness", "documents"}
    assert f"entry {first - 1}: " in failures(ran)["lawfulness"]
    assert f"{party} is not enrolled" in failures(ran)["lawfulness"]


def test_a_finding_that_is_taken_away_is_missed(
    holdshort: Holdshort, operator: Callable[[Path], Any], referred: Path, tmp_path: Path
) -> None:
    forged = operator(referred)
    del forged.leaves[forged.find("review.file-finding")[0]]
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    assert ran.code == 1
    assert "review.conclude" in failures(ran)["lawfulness"]
    assert "Every area has a finding" in failures(ran)["lawfulness"]


def test_an_unlawful_act_under_the_right_key_is_named_with_its_clause(
    holdshort: Holdshort, operator: Callable[[Path], Any], referred: Path, tmp_path: Path
) -> None:
    """The decision maker clears, after all, what was referred."""
    forged = operator(referred)
    case = forged.entry(forged.find("review.refer")[0]).act.case
    inputs = forged.find("review.file-finding")
    fields = {"inputs": inputs, "reasons": "A friend asked."}
    forged.leaves.append(forged.act("review.clear", case, "decision-maker", fields))
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    assert ran.code == 1
    said = failures(ran)["lawfulness"]
    assert f"entry {len(forged.leaves) - 1}: review.clear by decision-maker" in said
    assert "[essay" in said or "[aaif" in said


def test_an_act_that_no_rulebook_knows_is_named(
    holdshort: Holdshort, operator: Callable[[Path], Any], referred: Path, tmp_path: Path
) -> None:
    forged = operator(referred)
    forged.leaves.append(forged.act("review.bar", "anything", "case-officer", {}))
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    assert ran.code == 1
    assert "no act 'review.bar'" in failures(ran)["lawfulness"]


def test_an_act_under_another_partys_key_is_named(
    holdshort: Holdshort, operator: Callable[[Path], Any], cleared: Path, tmp_path: Path
) -> None:
    forged = operator(cleared)
    at = forged.find("review.clear")[0]
    forged.leaves[at] = forged.sign(at, lambda statement: None, by="case-officer")
    forged.state_anew()
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    assert ran.code == 1
    assert f"entry {at} (decision-maker)" in failures(ran)["lawfulness"]


def test_a_snapshot_that_hides_a_suspension_is_named(
    holdshort: Holdshort, operator: Callable[[Path], Any], cleared: Path, tmp_path: Path
) -> None:
    from holdshort.register.status import encode_list

    forged = operator(cleared)
    at = forged.find("register.snapshot")[-1]

    def lie(statement: dict[str, Any]) -> None:
        fields = statement["predicate"]["fields"]
        fields["status_list"]["lst"] = encode_list([3])
        fields["changes"] = [{"index": 0, "status": 3}]

    forged.leaves[at] = forged.sign(at, lie)
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    assert ran.code == 1
    assert f"entry {at}: register.snapshot" in failures(ran)["lawfulness"]
    assert "what follows from the record" in failures(ran)["lawfulness"]


# ------------------------------------------------------------------ evidence


def refile(operator: Any, evidence: bytes) -> None:
    """Put other evidence under every finding, each signed anew by the assessor."""
    digest = operator.folder.put_blob(evidence)

    def change(statement: dict[str, Any]) -> None:
        statement["predicate"]["fields"]["evidence"] = digest
        statement["subject"][1]["digest"]["sha256"] = digest

    for at in operator.find("review.file-finding"):
        operator.leaves[at] = operator.sign(at, change)
    operator.state_anew()


def evidence_of(operator: Any) -> bytes:
    act = operator.entry(operator.find("review.file-finding")[0]).act
    return bytes(operator.folder.read_blob(act.fields["evidence"]))


def rewritten(bundle: bytes, area: str, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A bundle whose first answer in an area reads otherwise, with an index that agrees."""
    from holdshort.assess.bundle import INDEX, merkle_root
    from holdshort.assess.ledger import parse_lines
    from holdshort.register.canonical import canonical

    with tarfile.open(fileobj=io.BytesIO(bundle)) as tar:
        members = {each.name: tar.extractfile(each).read() for each in tar.getmembers()}  # type: ignore[union-attr]
    name = f"areas/{area}/samples.jsonl"
    first, *others = members[name].splitlines(keepends=True)
    line = json.loads(first)
    change(line)
    members[name] = canonical(line) + b"\n" + b"".join(others)
    index = json.loads(members[INDEX])
    digest, size = hashlib.sha256(members[name]).hexdigest(), len(members[name])
    index["members"][name] = {"sha256": digest, "size": size}
    index["areas"][area]["root"] = merkle_root(parse_lines(members[name], name))
    members[INDEX] = canonical(index)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for member, content in members.items():
            entry = tarfile.TarInfo(member)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def test_evidence_filed_anew_unchanged_still_holds(
    holdshort: Holdshort, operator: Callable[[Path], Any], cleared: Path, tmp_path: Path
) -> None:
    """The forger's tools are sound: what fails below fails for what was forged."""
    forged = operator(cleared)
    refile(forged, rewritten(evidence_of(forged), "cybersecurity", lambda line: None))
    assert holdshort("verify", forged.publish(tmp_path / "forged")).code == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"correct": True}, "marked right but is wrong"),
        ({"completion": "ANSWER: 42"}, "cybersecurity"),
    ],
)
def test_a_finding_that_no_longer_follows_from_its_evidence_is_named(
    holdshort: Holdshort,
    operator: Callable[[Path], Any],
    cleared: Path,
    tmp_path: Path,
    change: dict[str, Any],
    says: str,
) -> None:
    """Every signature, digest and act is in order; only the evidence says something else."""
    forged = operator(cleared)
    case = forged.entry(forged.find("review.clear")[0]).act.case
    bundle = rewritten(evidence_of(forged), "cybersecurity", lambda line: line.update(change))
    refile(forged, bundle)
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    assert ran.code == 1
    assert list(failures(ran)) == [f"findings of {case}"]
    assert says in failures(ran)[f"findings of {case}"]


def test_evidence_of_another_model_supports_nothing(
    holdshort: Holdshort,
    operator: Callable[[Path], Any],
    cleared: Path,
    referred: Path,
    tmp_path: Path,
) -> None:
    forged = operator(cleared)
    refile(forged, evidence_of(operator(referred)))
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    assert ran.code == 1
    assert "another protocol" in " ".join(failures(ran).values())


def test_evidence_that_is_no_bundle_supports_nothing(
    holdshort: Holdshort, operator: Callable[[Path], Any], cleared: Path, tmp_path: Path
) -> None:
    forged = operator(cleared)
    refile(forged, b"no evidence at all")
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    assert ran.code == 1
    assert len(failures(ran)) == 1


def test_a_finding_whose_figures_make_no_sense_is_named_and_the_rest_is_checked(
    holdshort: Holdshort, operator: Callable[[Path], Any], cleared: Path, tmp_path: Path
) -> None:
    """Lawful on its face (the docket reads three figures), and no finding all the same."""
    forged = operator(cleared)
    at = forged.find("review.file-finding")[0]

    def change(statement: dict[str, Any]) -> None:
        statement["predicate"]["fields"]["statistics"]["estimate"] = "about a third"

    forged.leaves[at] = forged.sign(at, change)
    forged.state_anew()
    ran = holdshort("verify", forged.publish(tmp_path / "forged"), "--json")
    assert ran.code == 1
    said = failures(ran)
    assert any("estimate" in detail and f"entry {at}" in detail for detail in said.values()) or (
        f"entry {at}" in said.get("lawfulness", "")
    )


# ------------------------------------------------------------------ the log alone


def test_our_own_log_passes_as_any_tlog_tiles_log(holdshort: Holdshort, cleared: Path) -> None:
    ran = holdshort("verify", cleared, "--log-only", "--json")
    assert ran.code == 0
    assert "signatures not checked" in ran.json["checks"][0]["detail"]
    assert {check["name"] for check in ran.json["checks"]} == {
        *("checkpoint", "root", "entries", "tiles", "blobs", "files")
    }
    assert "Next:" not in holdshort("verify", cleared, "--log-only").out


def test_our_own_log_passes_under_its_own_key_and_no_other(
    holdshort: Holdshort, cleared: Path, referred: Path
) -> None:
    from holdshort.office.door import REGISTER
    from holdshort.register.keys import Ed25519Key, load
    from holdshort.register.note import vkey

    def key(data: Path) -> str:
        origin = Folder(data / "public").head().origin
        public = load(Place(data).key(REGISTER)).public
        assert isinstance(public, Ed25519Key)
        return vkey(origin, public)

    ran = holdshort("verify", cleared, "--log-only", "--key", key(cleared), "--json")
    assert ran.code == 0
    assert "signed by a trusted key" in ran.json["checks"][0]["detail"]
    ran = holdshort("verify", cleared, "--log-only", "--key", key(referred), "--json")
    assert ran.code == 1
    assert holdshort("verify", cleared, "--log-only", "--key", "nonsense").code == 2


TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def test_a_log_of_another_implementation_passes_at_each_of_its_checkpoints(
    holdshort: Holdshort, tmp_path: Path
) -> None:
    log = SHARED / "tlog" / "tessera-log"
    if not log.is_dir():
        pytest.skip("the log of another implementation is not beside this checkout")
    copy = tmp_path / "log"
    shutil.copytree(log, copy, copy_function=shutil.copyfile)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755)
    for size in (8, 12, 15):
        shutil.copyfile(copy / f"checkpoint.{size}", copy / "checkpoint")
        ran = holdshort("verify", copy, "--log-only", "--key", TESSERA, "--json")
        assert ran.code == 0, ran.out
        assert f"{size} entries" in ran.json["checks"][0]["detail"]
    (copy / "tile" / "entries" / "000.p" / "15").write_bytes(b"")
    assert holdshort("verify", copy, "--log-only").code == 1


def test_a_register_is_not_taken_for_a_mere_log_nor_a_log_for_a_register(
    holdshort: Holdshort, tmp_path: Path
) -> None:
    log = SHARED / "tlog" / "tessera-log"
    if not log.is_dir():
        pytest.skip("the log of another implementation is not beside this checkout")
    ran = holdshort("verify", log, "--json")
    assert ran.code == 1
    assert "charter" in failures(ran)


def test_blobs_stand_under_their_digest(cleared: Path) -> None:
    for path in published(cleared / "public"):
        if "blobs" in path.parts:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert path == cleared / "public" / blob_path(digest)
