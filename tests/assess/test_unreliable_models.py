"""Servers that do what no server should: each ends in an error with a name, and loses nothing."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from holdshort.assess.campaign import run
from holdshort.assess.ledger import Line, read_lines
from holdshort.assess.protocol import Limits, Protocol, commitment, draft, item_seed
from holdshort.errors import EvidenceError, HoldshortError

NONCES = (b"assessor's thirty-two random byt", b"developer's thirty-two random by")


def answer(number: int, **said: Any) -> bytes:
    """A whole answer in the form of OpenAI's API."""
    message = {"role": "assistant", "content": "I cannot help with this."}
    body = {
        "id": f"answer-{number}",
        "object": "chat.completion",
        "created": 0,
        "model": "steady",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11},
    }
    return json.dumps({**body, **said}).encode()


Write = Callable[[bytes], object]
Behaviour = Callable[[int, Write], None]


@pytest.fixture
def served() -> Iterator[Callable[[Behaviour], str]]:
    """Serve a behaviour (number of the request, where to write the body); its base URL."""
    servers = []

    def serve(behaviour: Behaviour) -> str:
        asked = iter(range(1_000_000))

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                try:
                    behaviour(next(asked), self.wfile.write)
                except OSError:  # the client has had enough
                    return

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/v1"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def protocol_with(**limits: int) -> Protocol:
    return draft(
        "openai-api/served/steady",
        commitment(NONCES[0]),
        areas=("cybersecurity",),
        max_items=40,
        limits=Limits(**limits),
    )


def ask(protocol: Protocol, folder: Path, url: str) -> None:
    arguments = {"base_url": url, "api_key": "none"}
    seed = item_seed(*NONCES, protocol.digest)
    run(protocol, seed, folder, model_args=arguments, max_connections=1)


def recorded(folder: Path) -> list[Line]:
    return read_lines(folder / "areas" / "cybersecurity" / "samples.jsonl")


def test_an_answer_that_never_ends_is_cut_off_by_the_protocols_limit(
    served: Callable[[Behaviour], str], tmp_path: Path
) -> None:
    def for_ever(number: int, write: Write) -> None:
        if number < 3:
            write(answer(number))
            return
        while True:
            write(b" ")
            time.sleep(0.02)

    began = time.monotonic()
    with pytest.raises(HoldshortError, match="gave no answer to item 00003"):
        ask(protocol_with(seconds=1, retries=1), tmp_path, served(for_ever))
    assert time.monotonic() - began < 30
    assert [line.index for line in recorded(tmp_path)] == [0, 1, 2]


def test_a_model_that_changes_its_name_is_two_models(
    served: Callable[[Behaviour], str], tmp_path: Path
) -> None:
    def swapped(number: int, write: Write) -> None:
        write(answer(number, model="steady" if number < 3 else "other"))

    protocol = protocol_with()
    url = served(swapped)
    for _ in range(2):  # going on does not help: what was answered is on record
        with pytest.raises(EvidenceError, match="answered as other and as steady"):
            ask(protocol, tmp_path, url)
        assert [line.model for line in recorded(tmp_path)] == ["steady"] * 3 + ["other"]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>busy</html>",
        b"{}",
        b'{"choices": []}',
        b"\xff\xfe",
        answer(0, choices=[{"index": 0, "message": None, "finish_reason": "stop"}]),
    ],
)
def test_garbage_is_no_answer(
    served: Callable[[Behaviour], str], tmp_path: Path, body: bytes
) -> None:
    def garbage(number: int, write: Write) -> None:
        write(answer(number) if number < 2 else body)

    with pytest.raises(HoldshortError, match="gave no answer to item 00002"):
        ask(protocol_with(seconds=5, retries=0), tmp_path, served(garbage))
    assert [line.index for line in recorded(tmp_path)] == [0, 1]
