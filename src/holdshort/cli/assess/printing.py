"""A page on paper: printed to PDF by the Chromium that is installed (decision record 29)."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from holdshort.errors import BadInput, HoldshortError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

_SECONDS = 120


def browser() -> str:
    """The program that prints; :class:`BadInput` says what is missing if there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise BadInput(
        "Printing needs Chromium or Chrome, and none is installed.",
        where="--pdf",
        do="Install it (apt-get install chromium), or print what --html writes from any browser.",
    )


def printed(html: str, program: str) -> bytes:
    """The page as PDF: tagged for screen readers, A4, without the browser's own head and foot."""
    with tempfile.TemporaryDirectory(prefix="holdshort-") as folder:
        page, out = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, encoding="utf-8")
        command = [
            program,
            "--headless",
            "--disable-gpu",
            "--disable-extensions",
            "--no-first-run",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={out}",
            page.as_uri(),
        ]
        if os.geteuid() == 0:
            # Chromium has no sandbox for root. The page is ours: no script, nothing from elsewhere.
            command.insert(1, "--no-sandbox")
        try:
            ran = subprocess.run(  # noqa: S603 - a browser from PATH, on a page of ours
                command, capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(program, str(error)) from error
        data = out.read_bytes() if out.exists() else b""
        if ran.returncode or not data.startswith(b"%PDF-"):
            said = ran.stderr.decode(errors="replace").strip().splitlines()
            raise _failed(program, said[-1][:300] if said else f"exit {ran.returncode}")
        return data


def _failed(program: str, said: str) -> HoldshortError:
    return HoldshortError(
        f"The page could not be printed: {said}.",
        where=program,
        do="Write --html and print that from any browser.",
    )
