"""``holdshort review``: one model's whole pre-deployment review, ending at the gate."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from holdshort.cli.options import argument, data_option, json_option
from holdshort.cli.output import emit, say, write

if TYPE_CHECKING:
    from holdshort.gate.check import Decision
    from holdshort.office.review.review import Outcome


@click.command("review", short_help="One model's whole pre-deployment review.")
@click.option(
    "--model",
    help="An Inspect model name (openai/…, anthropic/…, vllm/…, hf/…, gguf/PATH, reference/solver)"
    " or the URL of an OpenAI-compatible server; left out: the small model that `make review`"
    " installs.",
)
@click.option(
    "-M", "model_args", multiple=True, metavar="NAME=VALUE", help="A model argument of Inspect's."
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with the model's weights, for the gate.",
)
@click.option(
    "--facts",
    type=click.Path(path_type=Path),
    help="Facts file on training compute, or the name of a shipped one.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(min=1),
    help="Longest answer, reasoning included; left out: 4096, and 64 for the small model.",
)
@click.option("--rulebook", default="aaif", show_default=True, help="A shipped book, or a file.")
@data_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    model: str | None,
    model_args: tuple[str, ...],
    weights: Path | None,
    facts: Path | None,
    max_tokens: int | None,
    rulebook: str,
    data: Path,
    as_json: bool,
) -> None:
    """Take one model from its training facts to the gate, each step a signed act.

    Interrupt it whenever you like: the next run goes on. Exit 0: cleared, and the gate passes.
    1: not cleared, or the gate refuses.
    """
    from holdshort.cli.narration import Narrator
    from holdshort.office.place import Place
    from holdshort.office.review.account import account, summary_lines
    from holdshort.office.review.review import Review, one_at_a_time
    from holdshort.office.subject import Given, resolve
    from holdshort.report.document import review_report
    from holdshort.rulebook.load import open_rulebook

    place = Place(data)
    book = open_rulebook(rulebook)
    with one_at_a_time(place), Narrator(quiet=as_json) as narrator:
        given = Given(model, weights, facts, dict(map(argument, model_args)), max_tokens)
        subject = resolve(given, place, narrator.copying)
        outcome = Review(place, book, subject, narrator.hear).run()
        decision = _gate(outcome)
        page = place.report(outcome.case.id)
        write(
            page,
            review_report(account(outcome)),
            do="The review itself is on the register; run the command again for its report.",
        )
    lines = summary_lines(outcome)
    if as_json:
        emit(_json(outcome, decision, page, lines))
    else:
        _print(outcome, decision, page, lines)
    passed = decision is None or decision.served
    ctx.exit(0 if outcome.state in ("cleared", "conditional") and passed else 1)


def _gate(outcome: "Outcome") -> "Decision | None":
    """Ask the gate as a platform would: from the published folder and the files."""
    from holdshort.gate.check import RegisterView, check
    from holdshort.register.folder import Folder

    if outcome.manifest is None or outcome.office.docket.last_snapshot is None:
        return None
    office = outcome.office
    view = RegisterView(Folder(office.place.public), office.docket.charter.leaf_hash)
    return check(outcome.manifest, view, allow_rehearsal=True)


def _print(outcome: "Outcome", decision: "Decision | None", page: Path, lines: list[str]) -> None:
    from holdshort.office.review.account import STATES, further_commands

    state = STATES.get(outcome.state, outcome.state)
    say()
    if outcome.resumed:
        say(f"This model is {state} already; nothing was left to do.")
    say(click.style(f"REHEARSAL · {state.upper()}", bold=True))
    for line in lines:
        say(f"  {line}")
    if decision is None:
        say("Gate: nothing to check (no weights at hand, or nothing cleared on this register).")
    else:
        say(f"Gate: {'PASS' if decision.served else 'REFUSED'}")
        for reason in decision.reasons:
            say(f"  {reason}")
    say(f"\nReport: {page}")
    say("\nLook further:")
    for line, what in further_commands(outcome):
        say(f"  {line}\n      {what}")


def _json(
    outcome: "Outcome", decision: "Decision | None", page: Path, lines: list[str]
) -> dict[str, Any]:
    case = outcome.case
    return {
        "case": case.id,
        "state": outcome.state,
        "resumed": outcome.resumed,
        "rehearsal": outcome.office.docket.charter.rehearsal,
        "charter": outcome.office.docket.charter.leaf_hash,
        "coverage": case.facts["coverage"],
        "findings": case.memory.get("findings"),
        "weights": outcome.manifest.digest if outcome.manifest else None,
        "register": str(outcome.office.place.public),
        "log_size": outcome.office.docket.size,
        "gate": decision.to_json() if decision else None,
        "summary": lines,
        "report": str(page),
    }
