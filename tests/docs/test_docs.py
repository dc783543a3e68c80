"""The documentation says what the program does, whole and without dead ends.

Commands, options, keys of the rulebook and of the facts file are compared with the code both ways;
links are followed; and the console blocks of the documents listed in ``RUN`` are run in order.

How a console block is read: a line that starts with ``$ `` is a command, ``> `` continues it,
``# exit N`` at its end states its exit code (0 if not stated). Every other line must occur in what
the command prints, ``…`` standing for anything. A ``python`` or ``yaml`` block whose first comment
names a file becomes that file. A ``yaml`` block edits a file as its first comment says:
``# in FILE, instead of what stands there`` (its sections), ``# in FILE, under SECTION``,
or ``# in FILE, instead of the line: LINE``.
"""

import dataclasses
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import click
import pytest

from holdshort.cli import cli
from holdshort.compute import facts
from holdshort.rulebook import load

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
RUN = (
    "tutorial.md",
    "write-a-regime.md",
    "howto/file-a-risk-report.md",
    "howto/audit-a-bank.md",
    "howto/audit-like-treatment.md",
    "howto/draw-an-assessor.md",
    "howto/appeal-a-determination.md",
    "howto/open-a-register.md",
    "howto/accredit-an-assessor.md",
    "howto/answer-a-directive.md",
    "howto/change-a-cleared-model.md",
    "howto/check-a-finding.md",
    "howto/raise-an-issue.md",
    "howto/read-the-law.md",
    "howto/recognise-another-register.md",
    "howto/run-a-witness.md",
    "howto/test-an-assessor.md",
)
QUICK = ("howto/write-a-facts-file.md", "explanation/statistics.md")


def tracked() -> list[Path]:
    """Every text file of the project, whether committed yet or not, without asking git."""
    made = [".git", *(line.strip("/") for line in (ROOT / ".gitignore").read_text().split())]
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if not any(fnmatch(name, glob) for glob in made)]
        found += [Path(folder, name) for name in names if name not in made]
    return [path for path in sorted(found) if b"\0" not in path.read_bytes()[:8192]]


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])


def commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    yield " ".join(path), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, (*path, name))


def sections(page: Path) -> dict[str, str]:
    """Text under each heading that is a command in code."""
    parts = re.split(r"^#+ `([^`]+)`$", page.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


KNOWN = dict(commands(cli, ("holdshort",)))
WRITTEN = sections(DOCS / "reference/commands.md")


def test_every_command_is_in_the_reference_and_no_other() -> None:
    assert set(WRITTEN) == set(KNOWN)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_option_and_argument_of_a_command_is_in_its_section_and_no_other(name: str) -> None:
    params = KNOWN[name].get_params(click.Context(KNOWN[name], info_name=name))
    options = {max(p.opts, key=len) for p in params if isinstance(p, click.Option)}
    arguments = {
        p.make_metavar(click.Context(KNOWN[name])).strip("[].")
        for p in params
        if isinstance(p, click.Argument)
    }
    rows = re.findall(r"^\| `([^`]+)`", WRITTEN[name], flags=re.MULTILINE)
    assert {row.split()[0] for row in rows} == (options - {"--help"}) | arguments


def anchors(page: Path) -> set[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    heads = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{page.relative_to(ROOT)}: {target}"
        if anchor:
            assert anchor in anchors(file), f"{page.relative_to(ROOT)}: {target}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)", page.read_text()):
            file = (page.parent / target).resolve()
            if file.suffix == ".md" and file.exists() and file not in reached:
                waiting.append(file)
    assert set(pages()) - reached == set()


def rulebook_keys() -> set[str]:
    """Every key that the loader asks a rulebook for, read from its code."""
    found = set(load.SECTIONS)
    for name in ("load.py", "cases.py", "parts.py", "terms.py"):
        source = (ROOT / "src/holdshort/rulebook" / name).read_text()
        for call in re.findall(r"\.fields\((.*?)\)\n", source, flags=re.DOTALL):
            found.update(word for text in re.findall(r'"([^"]+)"', call) for word in text.split())
    return found


def test_every_key_of_a_rulebook_is_in_the_reference() -> None:
    page = (DOCS / "reference/rulebook.md").read_text()
    missing = {key for key in rulebook_keys() if f"`{key}`" not in page}
    assert len(rulebook_keys()) > 50
    assert missing == set()


def test_every_key_of_a_facts_file_is_in_the_reference() -> None:
    parts = (
        facts.Model,
        facts.Training,
        facts.Architecture,
        facts.Hardware,
        facts.Reported,
        facts.Developer,
    )
    keys = {field.name for part in parts for field in dataclasses.fields(part)}
    page = (DOCS / "reference/facts-file.md").read_text()
    assert {key for key in keys if f"`{key}`" not in page} == set()


# Written so that this file does not hold what it looks for.
FORBIDDEN = {
    "an absolute path of some machine": r"(?<![\w.])/(?:work|root|home/\w+|Users)/\w",
    "a registry host": r"(?:py"
    r"pi\.org|python"
    r"hosted\.org|npm"
    r"js\.(?:org|com)|index-url\s*=)",
    "an issue number": (
        r"(?i)\b(?:issue|ticket|pull request|bug)\s+#?\d+\b"
        r"|(?<![\w&/\"'(#])#\d+\b(?![0-9a-f;])"  # no colour, entity or anchor
    ),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_text_holds(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        for match in re.finditer(FORBIDDEN[what], path.read_text("utf-8", "replace"))
    ]
    assert found == []


@dataclasses.dataclass(frozen=True)
class Command:
    """A command of a document, its exit code, and the lines that it is said to print."""

    text: str
    code: int
    shown: list[str]


@dataclasses.dataclass(frozen=True)
class Edit:
    """A block that changes a file as the reader would by hand."""

    file: str
    how: str
    block: str

    def apply(self, place: Path) -> None:
        path = place / self.file
        text = path.read_text()
        if self.how == "instead of what stands there":
            for section in re.findall(
                r"^[a-z_]+:(?:.*\n(?:[ #\n].*\n|\n)*)", self.block, re.MULTILINE
            ):
                name = section.partition(":")[0]
                text, count = re.subn(
                    rf"^{name}:.*\n(?:[ #].*\n|\n)*",
                    lambda _, new=section: new,  # type: ignore[misc]
                    text,
                    count=1,
                    flags=re.MULTILINE,
                )
                assert count == 1, f"{self.file} has no section {name}"
        elif self.how.startswith("under "):
            name = self.how.removeprefix("under ")
            found = re.search(rf"^{name}:\n(?:[ #].*\n|\n)*", text, re.MULTILINE)
            assert found, f"{self.file} has no section {name}"
            kept = found[0].rstrip() + "\n"
            text = text.replace(found[0], f"{kept}{self.block}\n")
        else:
            line = self.how.removeprefix("instead of the line: ")
            lines = [each for each in text.splitlines() if each.strip() == line]
            assert len(lines) == 1, f"{self.file} has the line {line!r} {len(lines)} times"
            text = text.replace(f"{lines[0]}\n", self.block)
        path.write_text(text)


def script(page: Path) -> Iterator[Command | tuple[str, str] | Edit]:
    """The commands, files and edits of a page, in order."""
    blocks = re.findall(
        r"^```(console|python|yaml)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL
    )
    for kind, block in blocks:
        named = re.match(r"# ([\w.-]+\.(?:py|yaml))\b", block)
        edit = re.match(r"# in ([\w.-]+), (.+)\n", block)
        if kind != "console":
            if edit:
                yield Edit(edit[1], edit[2], block[edit.end() :])
            elif named:
                yield named[1], block
            continue
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            more = [line for line in lines[1:] if line.startswith("> ")]
            text = "\n".join([lines[0], *(line[2:] for line in more)])
            stated = re.search(r"# exit (\d+)$", text)
            shown = [line for line in lines[1 + len(more) :] if line.strip()]
            yield Command(text, int(stated[1]) if stated else 0, shown)


def run(page: Path, place: Path) -> None:
    """Run a page's commands in one shell and compare what it says with what they do.

    The shell waits at each edit until it is made.
    """
    asked: list[Command] = []
    edits: list[Edit] = []
    lines = ["set +e"]
    for step in script(page):
        if isinstance(step, tuple):
            (place / step[0]).write_text(step[1])
            continue
        if isinstance(step, Edit):
            edits.append(step)
            lines += ["echo edit", "read -r"]
            continue
        number = len(asked)
        asked.append(step)
        lines += [f"{{ {step.text}", f"}} >.out{number} 2>&1", f"echo $? >.code{number}"]
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "200",
    }
    shell = subprocess.Popen(
        ["bash", "-c", "\n".join(lines)],
        cwd=place,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with shell:
        assert shell.stdin
        assert shell.stdout
        for edit in edits:
            assert shell.stdout.readline() == "edit\n"
            edit.apply(place)
            shell.stdin.write("\n")
            shell.stdin.flush()
    assert asked
    for number, command in enumerate(asked):
        output = (place / f".out{number}").read_text()
        code = int((place / f".code{number}").read_text())
        assert code == command.code, f"$ {command.text}\n{output}"
        for line in command.shown:
            form = ".*".join(re.escape(part.strip()) for part in line.split("…"))
            assert re.search(form, output), f"$ {command.text}\nsaid: {line}\n{output}"


@pytest.mark.parametrize("name", QUICK)
def test_the_commands_of_a_page_do_what_it_says(name: str, tmp_path: Path) -> None:
    run(DOCS / name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_the_commands_of_a_long_page_do_what_it_says(name: str, tmp_path: Path) -> None:
    run(DOCS / name, tmp_path)


def test_no_console_block_stands_in_a_page_that_is_not_run() -> None:
    unrun = [
        str(page.relative_to(DOCS))
        for page in DOCS.rglob("*.md")
        if "```console" in page.read_text() and str(page.relative_to(DOCS)) not in (*RUN, *QUICK)
    ]
    assert unrun == []
