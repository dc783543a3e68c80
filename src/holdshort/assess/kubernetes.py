"""A wave of units of work as a Kubernetes Job, and the item seed as a Secret: data for kubectl.

The Job is an Indexed one (batch/v1): its index is a unit's place in the wave (see `wave`), its
program the entry point that every executor starts. Fields are those of the Job API of Kubernetes
1.33, the first where a limit of retries for each index is stable. What it promises:

- A pod that is evicted is started again and not counted; one that dies without a word, three times.
  Exit code 2 is a unit's own error, for which a retry has no cure: it is not tried again.
- A pod is replaced once it has ended and not before, so that no two are at one unit.
- No pod can use the cluster (no service account's token), gain rights, write anywhere but to the
  campaign's folder and an empty folder of its own, or be another account than the one
  that laid the campaign out.
- The item seed comes from a Secret; it is in no manifest of a Job and in no folder.
"""

import re
from dataclasses import dataclass

from holdshort.assess.protocol import Protocol
from holdshort.assess.unit import SEED_VARIABLE
from holdshort.assess.wave import Wave
from holdshort.errors import BadInput
from holdshort.register.canonical import Json

MOUNT = "/campaign"
"""Where a pod sees the campaign's folder."""

_SCRATCH = "/tmp"  # noqa: S108 - a folder of the pod alone
_CONTAINER = "unit"
_SEED_KEY = "item-seed"

_RETRIES = 3
"""Of a unit whose pod died without a word, as in `dispatch`."""

_NOBODY = 65532
"""Whom a pod runs as whose campaign belongs to root: the account of distroless images."""

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
"""What Kubernetes takes as the name of a Secret or a claim (RFC 1123)."""


@dataclass(frozen=True)
class Cluster:
    """Where a Job's pods find what they need.

    ``claim`` is the PersistentVolumeClaim on which the campaign's folder lies, ``path`` where on it
    (empty: it is that folder); ``secret`` holds what the model's client reads from the environment,
    an API key for instance; ``parallelism`` is how many units run at a time, all if None.
    """

    image: str
    claim: str
    path: str = ""
    secret: str | None = None
    parallelism: int | None = None

    def __post_init__(self) -> None:
        if not self.image or re.search(r"\s", self.image):
            raise BadInput(f"{self.image!r} names no container image.", where="image")
        for where, name in (("claim", self.claim), ("secret", self.secret)):
            if name is not None and not _SUBDOMAIN.fullmatch(name):
                raise BadInput(
                    f"{name!r} is no name of Kubernetes.",
                    where=where,
                    do="Use small letters, digits, '-' and '.'.",
                )
        if ".." in self.path.split("/"):
            raise BadInput(f"{self.path!r} leads out of the claim.", where="claim")


def check_protocol(protocol: Protocol) -> None:
    """Refuse what the pods of such a Job cannot do."""
    if protocol.sandbox is not None:
        raise BadInput(
            f"The protocol's items run in the sandbox {protocol.sandbox}, for which these pods have"
            " not the rights.",
            where="--engine",
            do="Run it with another engine, on a machine that has the sandbox.",
        )


def seed_secret(protocol: Protocol, seed: bytes) -> dict[str, Json]:
    """The Secret from which a campaign's pods get the item seed."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": _seed_name(protocol.digest), "labels": _labels()},
        "immutable": True,
        "type": "Opaque",
        "stringData": {_SEED_KEY: seed.hex()},
    }


def job_name(wave: Wave) -> str:
    """The name of a wave's Job."""
    return f"{_seed_name(wave.protocol)}-{wave.number}"


def job(wave: Wave, cluster: Cluster, owner: int, seconds: float | None) -> dict[str, Json]:
    """The Job that runs a wave.

    ``owner`` is the account (uid) to which the campaign's folder belongs; after ``seconds`` the
    cluster ends the Job, and what was asked until then is on record.
    """
    count = len(wave.units)
    ended: dict[str, Json] = {} if seconds is None else {"activeDeadlineSeconds": _whole(seconds)}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": job_name(wave),
            "labels": _labels(),
            "annotations": {"holdshort.dev/protocol": wave.protocol},
        },
        "spec": {
            "completionMode": "Indexed",
            "completions": count,
            "parallelism": min(count, cluster.parallelism or count),
            "backoffLimitPerIndex": _RETRIES,
            "podReplacementPolicy": "Failed",
            **ended,
            "podFailurePolicy": {
                "rules": [
                    {
                        "action": "Ignore",
                        "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
                    },
                    {
                        "action": "FailIndex",
                        "onExitCodes": {
                            "containerName": _CONTAINER,
                            "operator": "In",
                            "values": [BadInput.exit_code],
                        },
                    },
                ]
            },
            "template": {"metadata": {"labels": _labels()}, "spec": _pod(wave, cluster, owner)},
        },
    }


def _pod(wave: Wave, cluster: Cluster, owner: int) -> dict[str, Json]:
    account = owner or _NOBODY
    return {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": account,
            "runAsGroup": account,
            "fsGroup": account,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(wave, cluster)],
        "volumes": [
            {"name": "campaign", "persistentVolumeClaim": {"claimName": cluster.claim}},
            {"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}},
        ],
    }


def _container(wave: Wave, cluster: Cluster) -> dict[str, Json]:
    campaign: dict[str, Json] = {"name": "campaign", "mountPath": MOUNT}
    if cluster.path:
        campaign["subPath"] = cluster.path
    made: dict[str, Json] = {
        "name": _CONTAINER,
        "image": cluster.image,
        "command": ["python", "-m", "holdshort.assess.unit"],
        "args": [f"{MOUNT}/{wave.path}"],
        "env": [
            {
                "name": SEED_VARIABLE,
                "valueFrom": {
                    "secretKeyRef": {"name": _seed_name(wave.protocol), "key": _SEED_KEY}
                },
            },
            {"name": "HOME", "value": _SCRATCH},
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {
            "requests": {"cpu": "1", "memory": "512Mi"},
            "limits": {"memory": "2Gi"},
        },
        "volumeMounts": [campaign, {"name": "scratch", "mountPath": _SCRATCH}],
    }
    if cluster.secret is not None:
        made["envFrom"] = [{"secretRef": {"name": cluster.secret}}]
    return made


def _seed_name(protocol: str) -> str:
    return f"holdshort-{protocol[:12]}"


def _labels() -> dict[str, Json]:
    return {"app.kubernetes.io/name": "holdshort", "app.kubernetes.io/component": "assessment"}


def _whole(seconds: float) -> int:
    return max(1, round(seconds))
