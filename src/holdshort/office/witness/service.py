"""The witness as a service: C2SP tlog-witness over HTTP.

::

    POST /add-checkpoint                      submit a checkpoint, get cosignatures
    GET  /<hex SHA-256 of origin>/checkpoint  what was cosigned last for a log, for monitors
    GET  /                                    a page for people: name, keys, logs

Rules kept here:

- Bodies are collected by the event loop, at most
  :data:`~holdshort.register.witness.witness.MAX_REQUEST` bytes within :data:`BODY_SECONDS`, and
  only then given to a thread. Under WSGI a body is read by the thread that answers it, so that a
  few clients that send a byte now and then hold all threads;
  measured with granian, two of them did.
- An answer tells what was wrong with the request, never where the witness keeps its things.
- One line a request goes to the journal (standard error); what clients wrote stands in it escaped.
- ``witness.toml`` is read again when it changes. If it cannot be used then, the witness goes on as
  it was and says so.
- SIGTERM and SIGINT let requests that are at work finish. What is on the disk is never ahead of
  the log's truth and never behind an answer, so no other care is needed, not even at a SIGKILL.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from holdshort.errors import BadInput, HoldshortError
from holdshort.office.witness.place import WitnessPlace
from holdshort.register.witness.state import origin_hash
from holdshort.register.witness.witness import MAX_REQUEST, TEXT_TYPE, Witness

if TYPE_CHECKING:
    from granian._granian import RSGIHTTPProtocol
    from granian.rsgi import Scope

BODY_SECONDS = 10.0
"""Longest time that a client may take to send its body."""
HEADER_SECONDS = 5
THREADS = 16
CONNECTIONS = 512
"""Most requests taken in at a time; with MAX_REQUEST this bounds the memory."""
STOP_SECONDS = 15

_HTML = "text/html; charset=utf-8"
_SAFE = ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
_STYLE = "body{font:16px/1.5 system-ui;max-width:50em;margin:3em auto;padding:0 1em}"

journal = logging.getLogger("holdshort.witness")


@dataclass(frozen=True)
class Response:
    """An HTTP response; ``about`` is for the journal."""

    status: int
    body: bytes
    content_type: str = TEXT_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    about: str = ""


@dataclass
class Service:
    """Answers requests for one witness; safe for any number of threads."""

    place: WitnessPlace
    _lock: Lock = field(default_factory=Lock)
    _stamp: tuple[int, ...] = ()
    _witness: Witness | None = None

    def answer(self, method: str, path: str, body: bytes = b"") -> Response:
        """Answer one request; never raises for what a client sent or the disk did."""
        try:
            return self._route(method, path, body)
        except HoldshortError as error:
            return Response(503, b"The witness cannot answer now.\n", about=f"ERROR: {error}")

    def _route(self, method: str, path: str, body: bytes) -> Response:
        if path == "/add-checkpoint":
            if method != "POST":
                return _not_allowed("POST")
            said = self.witness().add_checkpoint(body)
            return Response(said.status, said.body, said.content_type, (), said.about)
        name, _, rest = path[1:].partition("/")
        is_log = rest == "checkpoint" and len(name) == 64 and set(name) <= set("0123456789abcdef")
        if path != "/" and not is_log:
            return Response(404, b"There is nothing here.\n")
        if method not in ("GET", "HEAD"):
            return _not_allowed("GET, HEAD")
        return self._checkpoint(name) if is_log else self._page()

    def _checkpoint(self, name: str) -> Response:
        held = self.place.state.read_hash(name)
        if held is None:
            return Response(404, b"This witness has cosigned no checkpoint of such a log.\n")
        return Response(200, held, headers=(("cache-control", "no-cache"),))

    def _page(self) -> Response:
        page = _page(self.witness(), self.place)
        return Response(200, page.encode(), _HTML, (_SAFE,))

    def witness(self) -> Witness:
        """The witness as the settings have it now."""
        with self._lock:
            stamp = self._stamp_of_settings()
            if self._witness is None or stamp != self._stamp:
                try:
                    self._witness = self.place.witness()
                except HoldshortError as error:
                    if self._witness is None:
                        raise
                    journal.error("settings not taken over: %s", error)
                self._stamp = stamp
            return self._witness

    def _stamp_of_settings(self) -> tuple[int, ...]:
        try:
            stat = self.place.config.stat()
        except OSError:
            return ()
        return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _not_allowed(methods: str) -> Response:
    said = f"Here one can only {methods}.\n".encode()
    return Response(405, said, headers=(("allow", methods),))


def _page(witness: Witness, place: WitnessPlace) -> str:
    """What this witness is, for whoever comes by with a browser."""
    name = escape(witness.cosigners[0].name)
    keys = "".join(f"<li><code>{escape(each.verifier.vkey)}</code>" for each in witness.cosigners)
    rows = []
    for origin in sorted(witness.logs):
        held = witness.latest(origin)
        forks = sum(path.name.startswith("fork-") for path in place.state.conflicts(origin))
        link = f"{origin_hash(origin)}/checkpoint"
        size = f'<a href="{link}">{held.checkpoint.size}</a>' if held else "none yet"
        when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(held.time)) if held else ""
        proof = f"{forks} proved" if forks else "none seen"
        rows.append(f"<tr><td>{escape(origin)}<td>{size}<td>{when}<td>{proof}")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
        f"<style>{_STYLE} code{{word-break:break-all}} td,th{{padding-right:1em;text-align:left}}"
        f"</style><h1>{name}</h1><p>A witness: it cosigns the checkpoints of these logs as long as"
        " each only grows (C2SP tlog-witness v1.0.0).<h2>Keys</h2>"
        f"<ul>{keys}</ul><h2>Logs</h2><table><tr><th>Origin<th>Entries<th>Cosigned<th>Forks"
        f"{''.join(rows)}</table></html>\n"
    )


class Application:
    """The RSGI application that granian calls."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._threads = ThreadPoolExecutor(THREADS, "answer")

    async def __rsgi__(self, scope: "Scope", protocol: "RSGIHTTPProtocol") -> None:
        """Take in the body, answer in a thread, write the journal."""
        started = time.perf_counter()
        early, body = await _collect(protocol)
        if early is None:
            loop = asyncio.get_running_loop()
            response = await loop.run_in_executor(
                self._threads, self._service.answer, scope.method, scope.path, body
            )
        else:
            response = early
        headers = [("content-type", response.content_type), *response.headers]
        protocol.response_bytes(response.status, headers, response.body)
        took = (time.perf_counter() - started) * 1000
        client, path = scope.client.rpartition(":")[0], ascii(scope.path)[1:-1][:100]
        line = f"{client} {scope.method} {path} {response.status} {took:.1f}ms {response.about}"
        journal.info("%s", line.rstrip())

    def __rsgi_del__(self, _: asyncio.AbstractEventLoop) -> None:
        """Let the threads end with what they are at."""
        self._threads.shutdown()


async def _collect(protocol: "RSGIHTTPProtocol") -> tuple[Response | None, bytes]:
    """The request's body; or the answer to a client that sends too much or too slowly."""
    close = (("connection", "close"),)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in protocol:
                body += chunk
                if len(body) > MAX_REQUEST:
                    said = f"A request has at most {MAX_REQUEST} bytes.\n".encode()
                    return Response(413, said, headers=close, about="too large"), b""
    except TimeoutError:
        return Response(408, b"The request took too long.\n", headers=close, about="too slow"), b""
    return None, bytes(body)


def serve(
    place: WitnessPlace, host: str, port: int, ready: Callable[[Witness], None] = lambda _: None
) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is told the witness once nothing is in the way.

    Raises:
        HoldshortError: the witness cannot be started as it is set up, or the address not be used.
    """
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.server import Server

    witness = place.witness()  # what is wrong is said here and not by a worker
    _check_address(host, port)
    ready(witness)
    Server(
        "holdshort.office.witness.service",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        websockets=False,
        backpressure=CONNECTIONS,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        log_dictconfig=_logging(),
    ).serve(target_loader=partial(_load, place.root), wrap_loader=False)


def _load(root: Path) -> Any:
    """In the worker: the application."""
    logging.Formatter.converter = time.gmtime
    service = Service(WitnessPlace(root))
    service.witness()
    return Application(service)


def _check_address(host: str, port: int) -> None:
    import socket

    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(
            f"The address cannot be listened on: {reason}.", where=f"{host}:{port}"
        ) from None


def _logging() -> dict[str, Any]:
    """Everything to standard error, one line each, with the time in UTC."""
    to = {"handlers": ["journal"], "level": "INFO", "propagate": False}
    return {
        "formatters": {
            "line": {
                "()": "logging.Formatter",
                "fmt": "%(asctime)s %(message)s",
                "datefmt": "%Y-%m-%dT%H:%M:%SZ",
            }
        },
        "handlers": {
            "journal": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {"_granian": to, "granian.access": to, "holdshort.witness": to},
    }
