"""Gathering cosignatures: from whom, how long, and what stops a register."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from holdshort.errors import RegisterError
from holdshort.office.witness.gathering import Diverged, collect, gather
from holdshort.office.witness.place import WitnessPlace
from holdshort.office.witness.service import Service
from holdshort.register.checkpoint import Checkpoint, parse_checkpoint
from holdshort.register.cosignature import Cosigner
from holdshort.register.keys import PrivateKey
from holdshort.register.note import Note, NoteSignature, add_signatures
from holdshort.register.policy import Policy
from holdshort.register.witness.fork import check_fork
from holdshort.register.witness.state import origin_hash
from holdshort.register.witness.witness import Request

Make = Callable[..., WitnessPlace]
Reply = tuple[int, str, bytes]
Behaviour = Callable[[str, str, bytes], Reply | None]
TEXT = "text/plain"
SIZE = "text/x.tlog.size"
ORIGIN = "log.example/one"


@dataclass
class Server:
    """An HTTP server on the loopback that does as a test tells it; it counts what it was asked."""

    behaviour: Behaviour
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                server.asked.append((self.command, self.path, body))
                reply = server.behaviour(self.command, self.path, body)
                if reply is None:
                    return
                status, kind, content = reply
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def posts(self) -> list[Request]:
        return [Request.parse(body) for method, _, body in self.asked if method == "POST"]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Callable[[Behaviour], Server]]:
    made: list[Server] = []

    def make(behaviour: Behaviour) -> Server:
        made.append(Server(behaviour))
        return made[-1]

    yield make
    for each in made:
        each.close()


@dataclass(frozen=True)
class Honest:
    """A witness of ours behind such a server."""

    service: Service
    server: Server

    @property
    def vkeys(self) -> list[str]:
        return [each.verifier.vkey for each in self.service.witness().cosigners]


@pytest.fixture
def honest(make: Make, server: Callable[[Behaviour], Server]) -> Callable[..., Honest]:
    def made(name: str = "witness.example", *, ml_dsa: bool = False) -> Honest:
        service = Service(make(name, ml_dsa=ml_dsa))

        def answer(method: str, path: str, body: bytes) -> Reply:
            response = service.answer(method, path, body)
            return response.status, response.content_type, response.body

        return Honest(service, server(answer))

    return made


def cosigner(name: str) -> Cosigner:
    return Cosigner(name, PrivateKey.from_seed(name.encode().ljust(32, b".")[:32]))


def policy(*lines: str, log: Any = None) -> Policy:
    return Policy.parse("".join(f"{line}\n" for line in lines), log=log and log.verifier)


def test_the_cosignatures_are_added_below_what_was_there(honest: Any, log: Any) -> None:
    witness = honest()
    rule = policy(f"witness w {witness.vkeys[0]} {witness.server.url}", "quorum w")
    cosigned = gather(log().checkpoint(5), rule, log().prove, timeout=5)
    assert cosigned.startswith(log().checkpoint(5))
    assert set(rule.check(cosigned, log().signer.verifier).cosigned_by) == {"w"}


def test_a_witness_that_holds_less_is_shown_the_way_from_there(honest: Any, log: Any) -> None:
    witness = honest()
    rule = policy(f"witness w {witness.vkeys[0]} {witness.server.url}", "quorum w")
    for size in (3, 9, 9, 20):
        gather(log().checkpoint(size), rule, log().prove, timeout=5)
    asked = [request.old for request in witness.server.posts()]
    assert asked == [0, 0, 3, 0, 9, 0, 9], "0 is the question, the size told is the answer"


def test_what_was_learnt_of_a_witness_saves_the_question(honest: Any, log: Any) -> None:
    witness = honest()
    rule = policy(f"witness w {witness.vkeys[0]} {witness.server.url}", "quorum w")
    sizes: dict[str, int] = {}
    for size in (3, 9, 20):
        gather(log().checkpoint(size), rule, log().prove, timeout=5, sizes=sizes)
    assert [request.old for request in witness.server.posts()] == [0, 3, 9]
    assert sizes == {witness.server.url: 20}


def test_two_keys_of_one_witness_are_asked_once(honest: Any, log: Any) -> None:
    witness = honest(ml_dsa=True)
    url = witness.server.url
    lines = [f"witness w/{i} {vkey} {url}" for i, vkey in enumerate(witness.vkeys)]
    rule = policy(*lines, "group w any w/0 w/1", "quorum w")
    gathered = collect(log().checkpoint(5), rule, log().prove, timeout=5)
    assert [each.status for each in gathered.outcomes] == [200, 200]
    assert len(witness.server.posts()) == 1
    cosigned = rule.check(gathered.checkpoint, log().signer.verifier)
    assert set(cosigned.cosigned_by) == {"w/0", "w/1"}


def test_cosignatures_that_the_policy_does_not_name_are_left_out(honest: Any, log: Any) -> None:
    witness = honest(ml_dsa=True)
    rule = policy(f"witness w {witness.vkeys[1]} {witness.server.url}", "quorum w")
    cosigned = gather(log().checkpoint(5), rule, log().prove, timeout=5)
    assert len(Note.parse(cosigned).signatures) == 2


def test_a_later_cosignature_takes_the_place_of_an_earlier_one(honest: Any, log: Any) -> None:
    witness = honest()
    rule = policy(f"witness w {witness.vkeys[0]} {witness.server.url}", "quorum w")
    once = gather(log().checkpoint(5), rule, log().prove, timeout=5)
    stranger = NoteSignature("stranger.example", b"1234", b"s" * 64)
    again = gather(add_signatures(once, [stranger]), rule, log().prove, timeout=5)
    names = [each.name for each in Note.parse(again).signatures]
    assert names == [ORIGIN, "stranger.example", "witness.example"]


def test_no_witnesses_are_needed_where_the_quorum_is_none(log: Any) -> None:
    signed = log().checkpoint(5)
    assert gather(signed, policy("quorum none"), log().prove, timeout=5) == signed


def test_a_quorum_that_is_not_met_tells_how_it_went_with_each(
    honest: Any, server: Any, log: Any
) -> None:
    good = honest("good.example")
    broken = server(lambda *_: (500, TEXT, b"out of\x1b[31m paper\nand ink"))
    rule = policy(
        f"witness good {good.vkeys[0]} {good.server.url}",
        f"witness broken {cosigner('broken.example').verifier.vkey} {broken.url}",
        f"witness gone {cosigner('gone.example').verifier.vkey} http://127.0.0.1:1",
        f"witness mute {cosigner('mute.example').verifier.vkey}",
        "group all all good broken gone mute",
        "quorum all",
    )
    with pytest.raises(RegisterError) as caught:
        gather(log().checkpoint(5), rule, log().prove, timeout=5)
    said = caught.value.what
    assert not isinstance(caught.value, Diverged)
    for each in (
        "good: cosigned",
        "broken: it answered 500: out of?[31m paper;",
        "gone: it cannot be reached",
        "mute: it has no URL",
    ):
        assert each in said


def lies(log: Any) -> dict[str, Callable[[Cosigner, Checkpoint], str]]:
    """What a witness might send instead of its cosignature of this checkpoint."""
    now = int(time.time())

    def other_tree(key: Cosigner, head: Checkpoint) -> str:
        return str(key.cosign(Checkpoint(head.origin, head.size, b"r" * 32), now))

    def other_key(key: Cosigner, head: Checkpoint) -> str:
        return str(cosigner("else.example").cosign(head, now))

    def its_name_other_key(key: Cosigner, head: Checkpoint) -> str:
        line = cosigner("else.example").cosign(head, now)
        return str(NoteSignature(key.name, key.verifier.key_id, line.signature))

    def the_future(key: Cosigner, head: Checkpoint) -> str:
        return str(key.cosign(head, now + 3600))

    return {
        "another tree": other_tree,
        "another key": other_key,
        "another key under its name": its_name_other_key,
        "a time in the future": the_future,
        "nothing": lambda *_: "",
        "no signature line": lambda *_: "thank you\n",
        "a line that does not end": lambda key, head: str(key.cosign(head, now))[:-1],
        "the log's own line": lambda *_: str(Note.parse(log().checkpoint(5)).signatures[0]),
    }


@pytest.mark.parametrize("lie", list(lies(None)))
def test_an_answer_that_is_no_cosignature_of_this_checkpoint_does_not_count(
    server: Any, log: Any, lie: str
) -> None:
    key = cosigner("liar.example")

    def answer(method: str, path: str, body: bytes) -> Reply:
        head = parse_checkpoint(Note.parse(Request.parse(body).checkpoint).text)
        return 200, TEXT, lies(log)[lie](key, head).encode()

    rule = policy(f"witness w {key.verifier.vkey} {server(answer).url}", "quorum w")
    with pytest.raises(RegisterError, match="quorum of witnesses is not met"):
        gather(log().checkpoint(5), rule, log().prove, timeout=5)


def test_only_a_conflict_is_tried_again_and_only_once(server: Any, log: Any) -> None:
    key = cosigner("w.example")
    for status, times in ((400, 1), (403, 1), (404, 1), (500, 1), (301, 1), (409, 2)):
        said = server(lambda *_, status=status: (status, SIZE, b"3\n"))
        rule = policy(f"witness w {key.verifier.vkey} {said.url}", "quorum w")
        with pytest.raises(RegisterError):
            gather(log().checkpoint(5), rule, log().prove, timeout=5)
        assert len(said.posts()) == times
    assert [request.old for request in said.posts()] == [0, 3]


@pytest.mark.parametrize("body", [b"", b"3", b"03\n", b"-3\n", b"three\n", b"9" * 40 + b"\n"])
def test_a_conflict_that_tells_no_size_is_not_tried_again(
    server: Any, log: Any, body: bytes
) -> None:
    said = server(lambda *_: (409, SIZE, body))
    vkey = cosigner("w.example").verifier.vkey
    rule = policy(f"witness w {vkey} {said.url}", "quorum w")
    with pytest.raises(RegisterError, match="no size"):
        gather(log().checkpoint(5), rule, log().prove, timeout=5)
    assert len(said.posts()) == 1


def test_nobody_waits_for_the_slowest_beyond_the_quorum(honest: Any, server: Any, log: Any) -> None:
    done = threading.Event()

    def be_silent(*_: object) -> None:
        done.wait(60)

    good, slow = honest("good.example"), server(be_silent)
    rule = policy(
        f"witness good {good.vkeys[0]} {good.server.url}",
        f"witness slow {cosigner('slow.example').verifier.vkey} {slow.url}",
        "group one any good slow",
        "quorum one",
    )
    started = time.monotonic()
    gathered = collect(log().checkpoint(5), rule, log().prove, timeout=60, grace=0.2)
    assert time.monotonic() - started < 30
    done.set()
    assert gathered.met
    assert [each.said for each in gathered.outcomes] == ["", "it did not answer in time"]


def test_a_witness_that_does_not_answer_is_left_at_the_deadline(server: Any, log: Any) -> None:
    done = threading.Event()

    def be_silent(*_: object) -> None:
        done.wait(60)

    vkey = cosigner("slow.example").verifier.vkey
    rule = policy(f"witness slow {vkey} {server(be_silent).url}", "quorum slow")
    started = time.monotonic()
    with pytest.raises(RegisterError, match="did not answer in time"):
        gather(log().checkpoint(5), rule, log().prove, timeout=0.5)
    assert time.monotonic() - started < 30
    done.set()


def test_an_answer_without_end_is_cut(server: Any, log: Any) -> None:
    vkey = cosigner("long.example").verifier.vkey
    long = server(lambda *_: (200, TEXT, b"x" * 4_000_000))
    rule = policy(f"witness long {vkey} {long.url}", "quorum long")
    with pytest.raises(RegisterError, match="quorum"):
        gather(log().checkpoint(5), rule, log().prove, timeout=5)


# A log that is stale or forked


def test_a_stale_copy_is_told_not_to_go_on(honest: Any, log: Any) -> None:
    witness = honest()
    rule = policy(f"witness w {witness.vkeys[0]} {witness.server.url}", "quorum w")
    gather(log().checkpoint(9), rule, log().prove, timeout=5)
    key = log().signer.verifier
    with pytest.raises(Diverged, match=r"9 entries .* Here are 5") as caught:
        gather(log().checkpoint(5), rule, log().prove, timeout=5, log=key)
    assert "Do not go on from this copy" in (caught.value.do or "")
    assert caught.value.shown == witness.service.place.state.read(ORIGIN)


def test_a_fork_of_one_size_is_proved_by_what_the_witness_shows(honest: Any, log: Any) -> None:
    witness = honest()
    rule = policy(f"witness w {witness.vkeys[0]} {witness.server.url}", "quorum w")
    gather(log().checkpoint(9), rule, log().prove, timeout=5)
    key, other = log().signer.verifier, log("b", forks=4)
    with pytest.raises(Diverged, match="prove that the log forked") as caught:
        gather(other.checkpoint(9), rule, other.prove, timeout=5, log=key)
    assert caught.value.shown is not None
    assert check_fork(other.checkpoint(9), caught.value.shown, key) is not None


def test_a_fork_that_went_on_is_told_too(honest: Any, log: Any) -> None:
    witness = honest()
    rule = policy(f"witness w {witness.vkeys[0]} {witness.server.url}", "quorum w")
    gather(log().checkpoint(9), rule, log().prove, timeout=5)
    other = log("b", forks=4)
    with pytest.raises(Diverged, match="9 entries"):
        gather(other.checkpoint(12), rule, other.prove, timeout=5, log=log().signer.verifier)


def test_a_proved_divergence_stops_a_register_whatever_the_others_say(
    honest: Any, log: Any
) -> None:
    seen, fresh = honest("seen.example"), honest("fresh.example")
    one = policy(f"witness seen {seen.vkeys[0]} {seen.server.url}", "quorum seen")
    gather(log().checkpoint(9), one, log().prove, timeout=5)
    both = policy(
        f"witness seen {seen.vkeys[0]} {seen.server.url}",
        f"witness fresh {fresh.vkeys[0]} {fresh.server.url}",
        "group any any seen fresh",
        "quorum any",
    )
    with pytest.raises(Diverged):
        gather(log().checkpoint(5), both, log().prove, timeout=5, log=log().signer.verifier)


CLAIMS: dict[str, Reply] = {
    "more entries": (409, SIZE, b"99\n"),
    "another tree": (422, TEXT, b"no\n"),
}


def claimant(claim: str, shown: Reply) -> Behaviour:
    """Claims a divergence at its second answer; shows what it is told to show."""

    def answer(method: str, path: str, body: bytes) -> Reply:
        if method == "GET":
            return shown
        if claim == "another tree" and Request.parse(body).old == 0:
            return 409, SIZE, b"3\n"
        return CLAIMS[claim]

    return answer


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_without_a_proof_cannot_stop_a_register_that_has_its_quorum(
    honest: Any, server: Any, log: Any, claim: str
) -> None:
    good, key = honest("good.example"), log().signer.verifier
    forged = log("b", signer=cosigner_as_log(log)).checkpoint(99)
    for shown in ((404, TEXT, b""), (200, TEXT, b"junk"), (200, TEXT, forged)):
        liar = server(claimant(claim, shown))
        lines = [
            f"witness good {good.vkeys[0]} {good.server.url}",
            f"witness liar {cosigner('liar.example').verifier.vkey} {liar.url}",
        ]
        rule = policy(*lines, "group any any good liar", "quorum any")
        gathered = collect(log().checkpoint(5), rule, log().prove, timeout=5, log=key)
        assert gathered.met
        assert "it says" in gathered.outcomes[1].said
        strict = policy(*lines, "group all all good liar", "quorum all")
        with pytest.raises(Diverged, match="shows nothing that the log signed") as caught:
            gather(log().checkpoint(5), strict, log().prove, timeout=5, log=key)
        assert caught.value.shown is None


def cosigner_as_log(log: Any) -> Any:
    return type(log().signer)(ORIGIN, PrivateKey.from_seed(b"no log's key".ljust(32)))


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_stops_a_register_that_cannot_tell_it_from_a_proof(
    server: Any, log: Any, claim: str
) -> None:
    liar = server(claimant(claim, (404, TEXT, b"")))
    vkey = cosigner("liar.example").verifier.vkey
    rule = policy(f"witness liar {vkey} {liar.url}", "quorum none")
    with pytest.raises(Diverged):
        gather(log().checkpoint(5), rule, log().prove, timeout=5)


def test_a_witness_that_refuses_a_proof_that_holds_is_only_wrong(
    honest: Any, server: Any, log: Any
) -> None:
    shown = (200, TEXT, log().checkpoint(3))
    wrong = server(claimant("another tree", shown))
    vkey = cosigner("wrong.example").verifier.vkey
    rule = policy(f"witness wrong {vkey} {wrong.url}", "quorum wrong")
    with pytest.raises(RegisterError, match="refuses a proof that holds") as caught:
        gather(log().checkpoint(5), rule, log().prove, timeout=5, log=log().signer.verifier)
    assert not isinstance(caught.value, Diverged)
    assert wrong.asked[-1][1] == f"/{origin_hash(ORIGIN)}/checkpoint"


def test_a_log_that_cannot_make_its_proof_accuses_nobody(honest: Any, log: Any) -> None:
    witness = honest()
    rule = policy(f"witness w {witness.vkeys[0]} {witness.server.url}", "quorum w")
    gather(log().checkpoint(3), rule, log().prove, timeout=5)

    def broken(old: int, new: int) -> list[bytes]:
        raise RegisterError("A tile is missing.")

    with pytest.raises(RegisterError, match="A tile is missing") as caught:
        gather(log().checkpoint(5), rule, broken, timeout=5, log=log().signer.verifier)
    assert not isinstance(caught.value, Diverged)
