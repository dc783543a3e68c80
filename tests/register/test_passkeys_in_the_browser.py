"""A passkey made and used in a real browser, by its own WebAuthn, and checked offline.

Chromium's virtual authenticator stands in for the device (Web Authentication Level 2 §11); page,
browser, ceremony and signature are real.
"""

import base64
import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from holdshort.errors import BadInput, RegisterError
from holdshort.register.act import Act
from holdshort.register.envelope import PAYLOAD_TYPE, Envelope, Signature, pre_authentication
from holdshort.register.envelope import verify as verify_envelope
from holdshort.register.keys import Passkey
from holdshort.register.keys.passkey import registered

REGISTER_PASSKEY = """async ({challenge, algorithm}) => {
  const bytes = text => Uint8Array.from(atob(text), each => each.charCodeAt(0));
  const made = await navigator.credentials.create({publicKey: {
    challenge: bytes(challenge), rp: {id: "localhost", name: "Register"},
    user: {id: bytes("b2ZmaWNlcg=="), name: "officer", displayName: "Officer"},
    pubKeyCredParams: [{type: "public-key", alg: algorithm}],
    authenticatorSelection: {userVerification: "required"}}});
  return JSON.stringify(made.toJSON());
}"""
SIGN = """async ({challenge, credential, verification}) => {
  const bytes = text => Uint8Array.from(atob(text), each => each.charCodeAt(0));
  const made = await navigator.credentials.get({publicKey: {
    challenge: bytes(challenge), rpId: "localhost", userVerification: verification,
    allowCredentials: [{type: "public-key", id: bytes(credential)}]}});
  return made.toJSON().response;
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # named by its base
        pass


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[str]:
    """A page on http://localhost, which browsers take for a secure origin."""
    (tmp_path / "index.html").write_text("<!doctype html><title>Register</title>")
    handler = partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(origin: str) -> Iterator[Page]:
    """The page in Chromium, with an authenticator that verifies its user."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is needed: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(origin)
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                }
            },
        )
        yield page
        browser.close()


def standard(data: bytes) -> str:
    return base64.b64encode(data).decode()


def from_url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sign_in(page: Page, passkey: Passkey, message: bytes, verification: str = "required") -> bytes:
    answer = page.evaluate(
        SIGN,
        {
            "challenge": standard(passkey.challenge(message)),
            "credential": standard(passkey.credential),
            "verification": verification,
        },
    )
    parts = ("authenticatorData", "clientDataJSON", "signature")
    return passkey.assemble(*(from_url(answer[part]) for part in parts))


@pytest.mark.slow
def test_an_act_signed_with_a_passkey_in_a_browser_verifies_offline(
    page: Page, origin: str
) -> None:
    challenge = os.urandom(32)
    made = page.evaluate(REGISTER_PASSKEY, {"challenge": standard(challenge), "algorithm": -7})
    with pytest.raises(BadInput, match="not made as asked"):
        registered(made, os.urandom(32), "localhost", origin)
    passkey = registered(made, challenge, "localhost", origin)

    act = Act(
        register="holdshort.example/test",
        rulebook="ab" * 32,
        kind="review",
        name="clear",
        case="review-1",
        by="decider",
        at="2026-11-23T10:15:00Z",
        fields={"reasons": "None stands against it."},
        artefacts=(),
    )
    payload = act.to_payload()
    message = pre_authentication(PAYLOAD_TYPE, payload)
    # Some of these the authenticator makes with high s: all must come to the one form.
    signatures = [sign_in(page, passkey, message) for _ in range(8)]
    page.context.set_offline(offline=True)
    for signature in signatures:
        envelope = Envelope(payload, PAYLOAD_TYPE, (Signature(passkey.keyid, signature),))
        read = Envelope.from_bytes(envelope.to_bytes())
        assert verify_envelope(read, {passkey.keyid: passkey}) == [passkey.keyid]

    with pytest.raises(RegisterError, match="challenge"):
        passkey.verify(signatures[0], message + b" ")
    with pytest.raises(RegisterError, match="not verified"):
        passkey.verify(sign_in(page, passkey, message, "discouraged"), message)
