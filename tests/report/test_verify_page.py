"""The verification page as a file: one piece, closed to the network, the same for everyone."""

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from holdshort.errors import BadInput
from holdshort.report import verify
from holdshort.report.verify import MODULES, verify_page

PAGE = verify_page()


class Elements(HTMLParser):
    """Every element with its attributes, and the text of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.inline: dict[str, str] = {}
        self._within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        self._within = tag

    def handle_data(self, data: str) -> None:
        if self._within in ("script", "style"):
            self.inline[self._within] = self.inline.get(self._within, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._within = ""


ELEMENTS = Elements(PAGE)


def content_security_policy() -> dict[str, list[str]]:
    metas = [attributes for tag, attributes in ELEMENTS.found if tag == "meta"]
    (policy,) = [
        meta["content"] for meta in metas if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    directives = [directive.split() for directive in policy.split(";")]
    return {name: sources for name, *sources in directives}


@pytest.mark.parametrize("kind", ["script", "style"])
def test_the_policy_names_the_hash_of_the_one_inline_text_and_no_other_source(kind: str) -> None:
    digest = base64.b64encode(hashlib.sha256(ELEMENTS.inline[kind].encode()).digest()).decode()
    assert content_security_policy()[f"{kind}-src"] == [f"'sha256-{digest}'"]
    assert sum(tag == kind for tag, _ in ELEMENTS.found) == 1


def test_the_policy_forbids_everything_else() -> None:
    policy = content_security_policy()
    assert policy["default-src"] == ["'none'"]
    assert policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert policy["trusted-types"] == ["'none'"]
    assert not {"connect-src", "font-src", "frame-src", "worker-src"} & policy.keys()


def test_the_page_refers_to_nothing_outside_itself() -> None:
    for tag, attributes in ELEMENTS.found:
        for name in {"src", "href", "action", "srcset", "data", "poster"} & attributes.keys():
            assert attributes[name].startswith(("#", "data:,")), (tag, attributes)
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
    assert not re.search(r"@import|url\(", ELEMENTS.inline["style"])


def test_the_script_never_reads_text_as_markup_or_code_and_asks_no_one() -> None:
    script = ELEMENTS.inline["script"]
    for word in (
        "innerHTML outerHTML insertAdjacentHTML document.write eval( Function( fetch( "
        "XMLHttpRequest WebSocket EventSource sendBeacon importScripts localStorage import("
    ).split():
        assert word not in script


def test_every_page_that_is_made_is_the_same() -> None:
    assert verify_page() == PAGE
    assert "{{" not in PAGE.replace(ELEMENTS.inline["script"], "")


def test_every_source_is_in_the_page() -> None:
    sources = {path.name for path in files("holdshort.report.verify").iterdir()}
    scripts = {name.removesuffix(".js") for name in sources if name.endswith(".js")}
    assert scripts == set(MODULES)


def test_every_field_has_a_label_and_every_id_is_unique() -> None:
    ids = [attributes["id"] for _, attributes in ELEMENTS.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {attributes.get("for") for tag, attributes in ELEMENTS.found if tag == "label"}
    fields = [a for tag, a in ELEMENTS.found if tag in ("input", "textarea")]
    assert {field["id"] for field in fields} == labelled
    described = {name for field in fields for name in field.get("aria-describedby", "").split()}
    assert described <= set(ids)


@pytest.mark.parametrize(
    ("module", "added", "says"),
    [
        ("json", "export function encode() {}\n", "declares encode again"),
        ("bytes", 'import { check } from "./check.js";\n', "imports check before"),
        ("page", 'const closed = "</script>";\n', "cannot stand in a page"),
        ("page", 'import { check } from "elsewhere";\n', "cannot stand in a page"),
    ],
)
def test_a_source_that_would_break_the_page_is_refused(
    monkeypatch: pytest.MonkeyPatch, module: str, added: str, says: str
) -> None:
    read: Callable[[str], str] = verify._read
    monkeypatch.setattr(
        verify, "_read", lambda name: (added if name == f"{module}.js" else "") + read(name)
    )
    with pytest.raises(BadInput, match=says):
        verify_page()
