"""The verification page: one entry of a register, checked in a browser with nothing but files.

One HTML file without a server behind it: it opens from a disk, a stick or any static host, and
takes a proof, the entry, and whom the reader trusts. It does what
:func:`holdshort.register.proof.verify_proof` does, in the browser's own WebCrypto, and says beside
it what it cannot know.

Rules kept here:

- The page reaches nobody. Its Content-Security-Policy forbids every connection, image, frame and
  form target, and runs the one script and the one style whose hashes it names. Trusted Types are
  required and none is made, so no text can become markup or code.
- The sources are ES modules, which an editor and a linter read as such. A page from ``file://`` may
  not import modules, so they are joined here in the order of :data:`MODULES`, each before those
  that import it, ``import`` and ``export`` taken away; top-level names are therefore unique.
- The same release gives the same bytes, so that two people can compare the page that they have.
"""

import base64
import hashlib
import re
from importlib.resources import files

from holdshort.errors import BadInput
from holdshort.report.palette import stylesheet

MODULES = (
    "bytes",
    "json",
    "time",
    "merkle",
    "keys",
    "note",
    "checkpoint",
    "policy",
    "proof",
    "envelope",
    "act",
    "charter",
    "check",
    "page",
)
"""The scripts, each after those that it imports from."""

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const|class)", re.MULTILINE)
_DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)


def verify_page() -> str:
    """The page as HTML; the same release gives the same bytes."""
    script, style = _script(), _style()
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"script-src '{_source(script)}'; style-src '{_source(style)}'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page = _read("page.html")
    for name, text in {"policy": policy, "style": style, "script": script}.items():
        page = page.replace(f"{{{{ {name} }}}}", text)
    return page


def _script() -> str:
    """All modules as one."""
    joined: dict[str, str] = {}
    names: set[str] = set()
    for module in MODULES:
        text = _read(f"{module}.js")
        if missing := set(_IMPORT.findall(text)) - joined.keys():
            raise BadInput(
                f"It imports {', '.join(sorted(missing))} before it is there.", where=module
            )
        declared = _DECLARED.findall(text)
        if twice := names.intersection(declared):
            raise BadInput(f"It declares {', '.join(sorted(twice))} again.", where=module)
        names.update(declared)
        joined[module] = _EXPORT.sub("", _IMPORT.sub("", text)).strip("\n")
    script = "\n" + "\n\n".join(joined.values()) + "\n"
    if re.search(r"</script|<!--|^\s*(?:import|export)\b", script, re.IGNORECASE | re.MULTILINE):
        raise BadInput("The script cannot stand in a page as it is.", where="verify")
    return script


def _style() -> str:
    """The colours and the look of every page, and what this one adds."""
    common = (files("holdshort.report") / "templates" / "page.css").read_text("utf-8")
    return f"\n{stylesheet(':root')}\n{common}{_read('page.css')}"


def _source(text: str) -> str:
    """How a Content-Security-Policy names an inline text: CSP 3 §2.3.1, ``hash-source``."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _read(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")
