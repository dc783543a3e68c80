"""The witness over HTTP: routes, errors, clients that mean no good, and how it ends."""

import asyncio
import re
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3

from holdshort.errors import BadInput, KeyFileError, StorageError
from holdshort.office.witness import service as service_module
from holdshort.office.witness.place import Settings, WitnessPlace
from holdshort.office.witness.service import Service, serve
from holdshort.register.witness.state import origin_hash
from holdshort.register.witness.witness import MAX_REQUEST

Make = Callable[..., WitnessPlace]
Start = Callable[[WitnessPlace], Any]
ORIGIN = "log.example/one"


@pytest.fixture
def service(make: Make) -> Service:
    return Service(make())


def test_a_cosigned_checkpoint_is_served_to_monitors(service: Service, log: Any) -> None:
    path = f"/{origin_hash(ORIGIN)}/checkpoint"
    assert service.answer("GET", path).status == 404
    cosigned = service.answer("POST", "/add-checkpoint", log().request(0, 5))
    assert cosigned.status == 200
    shown = service.answer("GET", path)
    assert (shown.status, shown.body) == (200, log().checkpoint(5) + cosigned.body)


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/add-checkpoint", 405, "POST"),
        ("PUT", "/add-checkpoint", 405, "POST"),
        ("POST", "/", 405, "GET, HEAD"),
        ("DELETE", f"/{'0' * 64}/checkpoint", 405, "GET, HEAD"),
        ("GET", f"/{'0' * 64}/checkpoint", 404, None),
        ("GET", f"/{'A' * 64}/checkpoint", 404, None),
        ("GET", f"/{'0' * 63}/checkpoint", 404, None),
        ("GET", f"/{origin_hash(ORIGIN)}/conflicts", 404, None),
        ("GET", "/../witness.toml", 404, None),
        ("GET", "/%2e%2e/checkpoint", 404, None),
        ("POST", "/add-checkpoint/", 404, None),
        ("GET", "", 404, None),
    ],
)
def test_other_methods_and_paths_are_refused(
    service: Service, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = service.answer(method, path)
    assert answer.status == status
    assert dict(answer.headers).get("allow") == allow


def test_the_page_names_keys_logs_sizes_and_forks(service: Service, log: Any) -> None:
    assert service.answer("POST", "/add-checkpoint", log().request(0, 5)).status == 200
    service.answer("POST", "/add-checkpoint", log("b").request(5, 5))
    page = service.answer("GET", "/")
    assert page.content_type.startswith("text/html")
    text = page.body.decode()
    for each in service.witness().cosigners:
        assert each.verifier.vkey in text
    assert f'{ORIGIN}<td><a href="{origin_hash(ORIGIN)}/checkpoint">5</a>' in text
    assert "1 proved" in text


def test_an_origin_cannot_write_into_the_page(service: Service, log: Any) -> None:
    service.place.add_log("<script>alert(1)</script>", log().signer.verifier.vkey)
    assert b"<script>" not in service.answer("GET", "/").body


def test_settings_that_change_are_taken_over_and_broken_ones_are_not(
    service: Service, log: Any
) -> None:
    place = service.place
    text = place.config.read_text()
    assert service.answer("POST", "/add-checkpoint", log().request(0, 5)).status == 200
    place.config.write_text(text.partition("[[log]]")[0])
    assert service.answer("POST", "/add-checkpoint", log().request(5, 6)).status == 404
    place.config.write_text("name =")
    assert service.answer("POST", "/add-checkpoint", log().request(5, 6)).status == 404
    place.config.write_text(text)
    assert service.answer("POST", "/add-checkpoint", log().request(5, 6)).status == 200


def test_a_state_that_is_gone_is_503_and_tells_no_path(service: Service, log: Any) -> None:
    state = service.place.root / "state"
    assert service.answer("POST", "/add-checkpoint", log().request(0, 5)).status == 200
    state.rename(state.with_name("gone"))
    answer = service.answer("POST", "/add-checkpoint", log().request(5, 6))
    assert answer.status == 503
    assert str(state).encode() not in answer.body
    assert str(state) in answer.about


# The folder


def test_a_witness_is_never_made_over_something(make: Make) -> None:
    place = make()
    settings = place.settings()
    with pytest.raises(BadInput, match="something here already"):
        place.create("witness.example", ml_dsa=False)
    assert place.settings() == settings


@pytest.mark.usefixtures("bound_by_file_modes")
def test_a_witness_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(StorageError):
            WitnessPlace(tmp_path / "w").create("witness.example", ml_dsa=True)
    finally:
        tmp_path.chmod(0o755)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["", "two words", "a+b", "x" * 256])
def test_a_name_that_cannot_be_one_leaves_nothing_behind(tmp_path: Any, name: str) -> None:
    with pytest.raises(BadInput):
        WitnessPlace(tmp_path / "w").create(name, ml_dsa=True)
    assert not (tmp_path / "w").exists()


def test_a_log_is_followed_once_by_each_key(make: Make, log: Any) -> None:
    place = make()
    assert not place.add_log(ORIGIN, log().signer.verifier.vkey)
    (followed,) = place.settings().logs
    assert (followed.origin, len(followed.keys)) == (ORIGIN, 1)


BROKEN = {
    "no TOML": ("name = ", "cannot be read"),
    "an unknown setting": ("name = 'w'\nkeys = ['k']\nlogs = []\n", "'logs' is not known"),
    "no keys": ("name = 'w'\n", "lacks 'keys'"),
    "keys that are none": ("name = 'w'\nkeys = []\n", "'keys' is a list"),
    "a log without a key": ("name = 'w'\nkeys = ['k']\n[[log]]\norigin = 'x'\n", "lacks 'key'"),
    "a log with a false key": (
        "name = 'w'\nkeys = ['k']\n[[log]]\norigin = 'x'\nkey = 'y'\n",
        "verifier key",
    ),
    "a log as a text": ("name = 'w'\nkeys = ['k']\nlog = ['x']\n", "as a table"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_settings_that_cannot_be_used_say_why(tmp_path: Any, name: str) -> None:
    text, reason = BROKEN[name]
    (tmp_path / "witness.toml").write_text(text)
    with pytest.raises(BadInput, match=reason):
        WitnessPlace(tmp_path).settings()


def test_an_origin_of_any_letters_survives_the_settings(make: Make, log: Any) -> None:
    place = make()
    origin = 'a "quoted" \\ origin \x7f ü — [[log]]'
    place.add_log(origin, log().signer.verifier.vkey)
    settings: Settings = place.settings()
    assert {each.origin for each in settings.logs} == {ORIGIN, origin}


def test_keys_are_encrypted_where_there_is_a_passphrase(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDSHORT_PASSPHRASE", "open sesame")
    place = make()
    assert b"ENCRYPTED" in (place.root / "keys" / "ml-dsa-44.key").read_bytes()
    assert len(place.witness().cosigners) == 2
    monkeypatch.delenv("HOLDSHORT_PASSPHRASE")
    with pytest.raises(KeyFileError, match="no passphrase"):
        serve(place, "127.0.0.1", 1)


def test_a_key_that_others_can_read_stops_the_start(make: Make) -> None:
    place = make()
    (place.root / "keys" / "ed25519.key").chmod(0o644)
    with pytest.raises(KeyFileError):
        serve(place, "127.0.0.1", 1)


def test_an_address_that_is_taken_is_said_at_the_start(make: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BadInput, match="in use"):
            serve(make(), *taken.getsockname())


# Served for real


def test_a_served_witness_answers_journals_and_stops(make: Make, start: Start, log: Any) -> None:
    running = start(make()).wait()
    pool = urllib3.HTTPConnectionPool("127.0.0.1", running.port, maxsize=1, retries=False)
    with pool:
        for old, new in ((0, 3), (3, 9), (9, 9)):
            said = pool.request("POST", "/add-checkpoint", body=log().request(old, new))
            assert said.status == 200, said.data
        said = pool.request("POST", "/add-checkpoint", body=log().request(3, 12))
        assert (said.status, said.headers["content-type"]) == (409, "text/x.tlog.size")
        assert pool.request("GET", "/").status == 200
        assert pool.request("POST", "/add-checkpoint", body=b"x" * 2 * MAX_REQUEST).status == 413
        assert pool.num_connections <= 2, "connections are kept alive"
    assert running.stop(signal.SIGINT) == 0
    journal = running.journal.read_text()
    line = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 127.0.0.1 POST /add-checkpoint (\d+) [\d.]+ms "
    assert re.findall(line, journal, re.MULTILINE) == ["200", "200", "200", "409", "413"]


def test_clients_that_send_a_byte_now_and_then_hold_nobody_up(
    make: Make, start: Start, log: Any
) -> None:
    """More of them than there are threads; under WSGI the witness would be silent by now."""
    running = start(make()).wait()
    slow = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(40)]
    head = b"POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: 9999\r\n\r\nold"
    for each in slow:
        each.sendall(head)
    time.sleep(0.3)
    started = time.monotonic()
    assert running.post(log().request(0, 3))[0] == 200
    assert time.monotonic() - started < service_module.BODY_SECONDS / 2
    for each in slow:
        each.close()


def test_a_body_that_does_not_end_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "BODY_SECONDS", 0.1)

    class Dripping:
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b"x"
                await asyncio.sleep(0.03)

    refused, body = asyncio.run(service_module._collect(Dripping()))  # type: ignore[arg-type]
    assert refused is not None
    assert (refused.status, body) == (408, b"")


def test_a_request_at_work_is_answered_before_the_witness_ends(
    make: Make, start: Start, log: Any
) -> None:
    running = start(make()).wait()
    answers: list[int] = []
    several = threading.Event()

    def ask() -> None:
        size = 0
        while True:
            try:
                status, _ = running.post(log().request(size, size + 1))
            except urllib3.exceptions.HTTPError:
                return
            answers.append(status)
            size += 1
            if size == 5:
                several.set()

    asking = threading.Thread(target=ask)
    asking.start()
    assert several.wait(60)
    assert running.stop() == 0
    asking.join(10)
    held = (running.place.state.read(ORIGIN) or b"").split(b"\n")[1]
    assert answers
    assert set(answers) == {200}
    # What was cosigned was answered, unless the connection itself broke in the last moment.
    assert int(held) - len(answers) in (0, 1)
