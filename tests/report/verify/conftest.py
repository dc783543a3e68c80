"""The verification page in a real Chromium, and a small register to check with it.

The register is made with the register's own code: a log, three witnesses of three operators (one
of them with ML-DSA-44), a charter by two of three root keys, an enrolment, five declarations.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from holdshort.register.act import Act, Artefact
from holdshort.register.canonical import Json
from holdshort.register.charter import Party
from holdshort.register.checkpoint import Checkpoint, sign_checkpoint
from holdshort.register.cosignature import Cosigner
from holdshort.register.entry import Entry
from holdshort.register.envelope import sign
from holdshort.register.keys import EcdsaKey, PrivateKey
from holdshort.register.keys.ecdsa import low_s
from holdshort.register.merkle import Tree, leaf_hash
from holdshort.register.note import NoteSigner, add_signatures
from holdshort.register.proof import Proof
from holdshort.report.verify import verify_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

ORIGIN = "holdshort.example/test"
TIME = 1_790_000_000  # September 2026

# As in a browser that knows no ML-DSA.
FORGET_ML_DSA = """{
  const real = crypto.subtle.importKey.bind(crypto.subtle);
  crypto.subtle.importKey = (format, key, algorithm, ...rest) =>
    (algorithm.name ?? algorithm).startsWith("ML-DSA")
      ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"))
      : real(format, key, algorithm, ...rest);
}"""


# In the page: bytes come as base64; a Refusal is the answer no; any other error is told.
ASK = """async ({what, cases}) => {
  const bytes = text => Uint8Array.from(atob(text), each => each.charCodeAt(0));
  const {holdshort: h} = globalThis;
  const ask = {
    inclusion: ([leaf, index, size, path, root]) => h.verifyInclusion(
      bytes(leaf), BigInt(index), BigInt(size), path.map(bytes), bytes(root)),
    json: ([data]) => h.parseCanonical(bytes(data)),
    note: ([data]) => h.parseNote(bytes(data)),
    checkpoint: ([text]) => h.parseCheckpoint(text),
    entry: ([data]) => h.readAct(h.parseEnvelope(bytes(data))),
    policy: ([data]) => h.parsePolicy(bytes(data)),
    charter: async ([data]) => {
      const {lines} = await h.check({charter: bytes(data)});
      return ["charter", "charter-signatures"]
        .every(id => lines.find(each => each.id === id).state === "holds");
    },
    ecdsa: async ([key, signature, message]) =>
      h.verify((await h.readKeys(bytes(key)))[0], bytes(signature), bytes(message)),
    proof: async ([proof, entry, policy, now]) => {
      const {lines} = await h.check({proof: bytes(proof), entry: bytes(entry),
        policy: bytes(policy), now: BigInt(now)});
      return ["proof", "checkpoint", "log", "inclusion", "policy", "quorum"]
        .every(id => lines.find(each => each.id === id).state === "holds");
    },
  };
  return Promise.all(cases.map(async each => {
    try { return (await ask[what](each)) !== false; } catch (error) {
      return "actual" in error ? false : `${error.name}: ${error.message}`;
    }
  }));
}"""


def seeded(name: str, type_: str = "ed25519") -> PrivateKey:
    """A key that is the same in every run."""
    return PrivateKey.from_seed(hashlib.sha256(name.encode()).digest(), type_)


@dataclass(frozen=True)
class HeldInADevice:
    """A P-256 key as a device holds it: DER signatures in the lower half."""

    private: EllipticCurvePrivateKey

    @property
    def public(self) -> EcdsaKey:
        public = self.private.public_key()
        return EcdsaKey(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def keyid(self) -> str:
        return self.public.keyid

    def sign(self, message: bytes) -> bytes:
        return low_s(self.private.sign(message, ECDSA(SHA256())))


class SampleRegister:
    """Keys, leaves, and proofs of them. ``entry``, at place 4, is what most tests check."""

    def __init__(self) -> None:
        self.origin = ORIGIN
        self.log = NoteSigner(ORIGIN, seeded("log"))
        self.root = [seeded(f"root {n}") for n in range(3)]
        self.registrar = seeded("registrar")
        self.acme = seeded("acme")
        self.device = HeldInADevice(derive_private_key(7, SECP256R1()))
        self.rome = self.cosigner("rome.civic.example/w")
        self.press = self.cosigner("press.example/w")
        self.campus = self.cosigner("campus.example/w", "ml-dsa-44")
        named = {"civic/rome": self.rome, "press/one": self.press, "campus/one": self.campus}
        self.witnesses = (
            "".join(f"witness {name} {each.verifier.vkey}\n" for name, each in named.items())
            + "group majority 2 civic/rome press/one campus/one\nquorum majority\n"
        )
        self.policy = f"log {self.log.verifier.vkey}\n{self.witnesses}"
        self.charter = self.make_charter()
        self.pin = leaf_hash(self.charter).hex()
        enrol = self.act("register", "enrol", "registrar", {"party": "acme"})
        self.enrolment = sign(enrol.to_payload(), [self.registrar]).to_bytes()
        self.leaves = [self.charter, self.enrolment, *(self.declaration(n) for n in range(5))]
        self.at = 4
        self.entry = self.leaves[self.at]
        self.payload = Entry.parse(self.at, self.entry).envelope.payload
        self.head = self.checkpoint(self.leaves)
        self.proof = self.prove(self.at)

    @staticmethod
    def cosigner(name: str, type_: str = "ed25519") -> Cosigner:
        return Cosigner(name, seeded(name, type_))

    @staticmethod
    def act(kind: str, name: str, by: str, fields: dict[str, Json], register: str = ORIGIN) -> Act:
        case = "register" if kind == "register" else f"{kind}-1"
        documents = (Artefact("manifest.json", "cd" * 32),)
        at = "2026-11-23T10:15:00Z"
        return Act(register, "ab" * 32, kind, name, case, by, at, fields, documents)

    def declaration(self, number: int, **more: Json) -> bytes:
        fields: dict[str, Json] = {
            "model": f"Acme-{number}",
            "training_compute": "3.8e25",
            "facts": {"areas": ["cybersecurity", "automated_rnd"], "open": False, "note": None},
            **more,
        }
        payload = self.act("review", "declare", "acme", fields).to_payload()
        return sign(payload, [self.acme, self.device]).to_bytes()

    def make_charter(
        self,
        origin: str = ORIGIN,
        *,
        rehearsal: bool = False,
        signers: Sequence[PrivateKey] | None = None,
        change: Callable[[dict[str, Any]], object] = lambda fields: None,
    ) -> bytes:
        """A charter, signed by two of the root; ``change`` edits its fields before."""

        def party(id_: str, role: str, keys: Sequence[PrivateKey], threshold: int = 1) -> Json:
            public = tuple(key.public for key in keys)
            return Party(id_, id_.title(), role, public, threshold, 0).to_json()

        fields: dict[str, Any] = {
            "title": "Example Agency",
            "rehearsal": rehearsal,
            "rulebook": {"id": "aaif", "digest": "ab" * 32, "version": "1"},
            "witness_policy": self.witnesses,
            "status_minutes": 60,
            "root": party("root", "authority.root", self.root, 2),
            "registrar": party("registrar", "authority.registrar", [self.registrar]),
            "log_key": party("register", "register", [seeded("log")]),
        }
        change(fields)
        payload = self.act("register", "charter", "root", fields, origin).to_payload()
        return sign(payload, signers or self.root[:2]).to_bytes()

    @staticmethod
    def checkpoint(leaves: Sequence[bytes], origin: str = ORIGIN) -> Checkpoint:
        return Checkpoint(origin, len(leaves), Tree(map(leaf_hash, leaves)).root())

    def cosigned(self, head: Checkpoint, *cosigners: Cosigner, time: int = TIME) -> bytes:
        lines = [each.cosign(head, time) for each in cosigners]
        signer = NoteSigner(head.origin, self.log.private)
        return add_signatures(sign_checkpoint(head, signer), lines)

    def prove(
        self,
        index: int,
        leaves: Sequence[bytes] | None = None,
        cosigners: Sequence[Cosigner] | None = None,
    ) -> Proof:
        """The proof of a leaf, cosigned by two witnesses of two operators if not said otherwise."""
        leaves = self.leaves if leaves is None else leaves
        cosigners = (self.rome, self.press) if cosigners is None else cosigners
        path = tuple(Tree(map(leaf_hash, leaves)).inclusion(index))
        return Proof(index, path, self.cosigned(self.checkpoint(leaves), *cosigners))

    def instead(self, leaf: bytes) -> dict[str, bytes]:
        """Another leaf in the entry's place, properly logged: only its own form can be wrong."""
        leaves = [*self.leaves[: self.at], leaf, *self.leaves[self.at + 1 :]]
        return {"proof": self.prove(self.at, leaves).to_bytes(), "entry": leaf}


@dataclass(frozen=True)
class Shown:
    """What the page says: the answer, and each line by its id, as (state, text)."""

    verdict: str
    headline: str
    lines: dict[str, tuple[str, str]]
    text: str

    def state(self, line: str) -> str:
        return self.lines[line][0]

    def says(self, line: str) -> str:
        return self.lines[line][1]

    @property
    def failed(self) -> set[str]:
        return {name for name, (state, _) in self.lines.items() if state == "fails"}


@pytest.fixture(scope="session")
def register() -> SampleRegister:
    return SampleRegister()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "verify.html"
    path.write_text(verify_page(), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def page(browser: "Browser", address: str) -> "Iterator[Page]":
    """The page, opened by file://; afterwards: it complained of nothing and asked no one."""
    yield from _opened(browser, address)


@pytest.fixture
def page_without_ml_dsa(browser: "Browser", address: str) -> "Iterator[Page]":
    """The same in a browser that knows no ML-DSA."""
    yield from _opened(browser, address, FORGET_ML_DSA)


def _opened(browser: "Browser", address: str, script: str = "") -> "Iterator[Page]":
    context = browser.new_context()
    complaints: list[str] = []
    asked: set[str] = set()

    def on_console(message: "ConsoleMessage") -> None:
        complaints.append(message.text)

    def on_request(request: "Request") -> None:
        asked.add(request.url)

    page = context.new_page()
    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", on_request)
    context.route("**/*", lambda r: r.continue_() if r.request.url == address else r.abort())
    if script:
        page.add_init_script(script)
    page.goto(address)
    yield page
    context.close()
    assert complaints == []
    assert asked == {address}


@pytest.fixture
def check_on(register: SampleRegister) -> Callable[..., Shown]:
    """Check on a page: ``check_on(page, proof=…)``; what is not given is the sample's, and holds.

    It fills in the form as a person would, presses the button, and reads what is shown.
    """

    def check(page: "Page", **given: Any) -> Shown:
        files: dict[str, bytes | None] = {
            "proof": register.proof.to_bytes(),
            "entry": register.entry,
        }
        files |= {name: given[name] for name in ("proof", "entry") if name in given}
        files |= {"charter": given.get("charter"), "charter-proof": given.get("charter_proof")}
        page.click("button[type=reset]")
        for name, data in files.items():
            if data is not None:
                page.set_input_files(
                    f"#{name}", {"name": name, "mimeType": "text/plain", "buffer": data}
                )
        page.fill("#policy", given.get("policy", register.policy))
        page.fill("#pin", given.get("pin", ""))
        page.fill("#keys", given.get("keys", ""))
        page.click("#check")
        return _read(page)

    return check


def _read(page: "Page") -> Shown:
    page.wait_for_selector("#result:not([hidden])")
    lines = page.eval_on_selector_all(
        "[data-check]",
        "all => all.map(each => [each.dataset.check, each.dataset.state, each.innerText])",
    )
    return Shown(
        page.get_attribute("#result", "data-verdict") or "",
        page.inner_text("#verdict"),
        {name: (state, text) for name, state, text in lines},
        page.inner_text("#result"),
    )


@pytest.fixture
def check(page: "Page", check_on: Callable[..., Shown]) -> Callable[..., Shown]:
    """``check_on`` the page."""
    return lambda **given: check_on(page, **given)


@pytest.fixture
def answers(page: "Page") -> Callable[[str, Sequence[Sequence[Any]]], list[bool]]:
    """What the page says of each case, asked for one thing alone: whether it accepts it."""

    def ask(what: str, cases: Sequence[Sequence[Any]]) -> list[bool]:
        said: list[bool] = page.evaluate(ASK, {"what": what, "cases": list(map(list, cases))})
        assert all(isinstance(each, bool) for each in said), said
        return said

    return ask
