"""Serve the organisms on the loopback address: ``python -m holdshort.assess.organisms.server``.

OpenAI's protocol (`holdshort.assess.organisms.api`) under ``/v1``: ``models``,
``chat/completions``, ``completions``. For tests of whatever speaks it. Bound to 127.0.0.1 and
without keys: it serves nothing that anyone would want to keep.
"""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click

from holdshort.assess.organisms.api import Answered, NoSuchModel, answer, error
from holdshort.assess.organisms.store import PACKAGED, Organism, organism
from holdshort.errors import BadInput

LOOPBACK = "127.0.0.1"
_LARGEST = 1 << 20
"""Bytes of a request."""

_PATIENCE = 30
"""Seconds to wait for the rest of a request."""

_one_at_a_time = threading.Lock()
"""A network this small does not gain from threads; they would only wait for each other."""


class OrganismServer(ThreadingHTTPServer):
    """The server; ``models`` are those it serves, by name."""

    daemon_threads = True

    def __init__(self, port: int, models: dict[str, Organism]) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.models = models

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone needs no answer; any other error is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def address(self) -> str:
        """Base URL for a client of the protocol."""
        return f"http://{LOOPBACK}:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: OrganismServer
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE
    server_version = "holdshort-organisms"

    def do_GET(self) -> None:
        """The list of models."""
        if self.path.split("?")[0] != "/v1/models":
            self._refuse(404, BadInput(f"There is nothing at {self.path}."))
            return
        models = [{"id": name, "object": "model", "owned_by": "holdshort"} for name in self._names]
        self._send(200, {"object": "list", "data": models})

    def do_POST(self) -> None:
        """A completion."""
        path = self.path.split("?")[0]
        if path not in {"/v1/chat/completions", "/v1/completions"}:
            self.close_connection = True
            self._refuse(404, BadInput(f"There is nothing at {self.path}."))
            return
        try:
            body = self._body()
            with _one_at_a_time:
                found = answer(body, self.server.models.get, chat=path.endswith("chat/completions"))
        except NoSuchModel as problem:
            self._refuse(404, problem)
        except BadInput as problem:
            self._refuse(400, problem)
        else:
            if found.stream:
                self._stream(found)
            else:
                self._send(200, found.response())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing on standard error."""

    @property
    def _names(self) -> list[str]:
        return sorted(self.server.models)

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > _LARGEST:
            self.close_connection = True  # what follows cannot be told from the next request
            raise BadInput(f"A request states its length, {_LARGEST} bytes at most.")
        try:
            body = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as problem:
            raise BadInput(f"The request is not JSON: {problem}.") from None
        if not isinstance(body, dict):
            raise BadInput("The request is not a JSON object.")
        return body

    def _refuse(self, status: int, problem: BadInput) -> None:
        self._send(status, error(problem))

    def _send(self, status: int, value: dict[str, Any]) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, found: Answered) -> None:
        self.close_connection = True  # its end is the end of the stream
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for chunk in found.chunks():
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")


@contextmanager
def serving(models: dict[str, Organism], port: int = 0) -> Iterator[OrganismServer]:
    """A server in a thread of this process, on any free port by default; stopped at the end."""
    with OrganismServer(port, models) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def every(folder: Path) -> dict[str, Organism]:
    """The organisms of a folder, by name."""
    return {path.stem: organism(path.stem, folder) for path in sorted(folder.glob("*.npz"))}


@click.command()
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Default: any free one.")
@click.option("--folder", default=PACKAGED, type=click.Path(path_type=Path, exists=True))
def main(port: int, folder: Path) -> None:
    """Serve until interrupted."""
    with OrganismServer(port, every(folder)) as server:
        click.echo(f"{server.address}: {', '.join(sorted(server.models))}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)


if __name__ == "__main__":
    main()
