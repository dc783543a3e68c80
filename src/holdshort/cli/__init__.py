"""The command line: one file per command, loaded only when it is asked for.

Every command takes ``--json``; prints what it did and the next sensible step; and exits with

- 0: yes, done;
- 1: no (refused, not cleared, falls short);
- 2: cannot tell, or wrong use.
"""

import json
import shlex
import sys
from typing import Any

import click

from holdshort import __version__
from holdshort.cli.lazy import LazyGroup
from holdshort.errors import BadInput, HoldshortError, Refused

COMMANDS = {
    "review": "One model's whole pre-deployment review, ending at the gate.",
    "init": "Open a register.",
    "party": "Enrol a party.",
    "key": "Make keys, sign with them, change those of a party.",
    "file": "File an act.",
    "submit": "Enter an act that was signed elsewhere.",
    "seal": "Seal confidential matter, disclose single fields, destroy keys.",
    "docket": "Where cases stand, and what may be done next.",
    "assign": "Draw the assessor of a case, or draw every draw again.",
    "assess": "Check the evidence of assessments.",
    "proficiency": "Test assessors with planted models, and rate them.",
    "duties": "What is owed, by whom, until when, on a register or by facts.",
    "register": "Publish, check, back up, prove, search and export a register.",
    "witness": "Cosign other registers, and check proofs of forks.",
    "accredit": "Who may test models, and what the record says of them.",
    "verify": "Check a whole register as a stranger would.",
    "rulebook": "Read and check the law.",
    "coverage": "Which regimes cover a model, why, and since when.",
    "compute": "Estimate training compute.",
    "gate": "Whether weights may run.",
}

WRONG_USE = 2
INTERRUPTED = 130  # as shells report SIGINT


@click.group(
    cls=LazyGroup,
    package="holdshort.cli",
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="holdshort")
def cli() -> None:
    """Holdshort: oversight of frontier AI as software.

    Start with `holdshort review`: it takes one model from its training facts to the gate.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; render every error in one place."""
    given = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in given
    try:
        code = cli.main(given, prog_name="holdshort", standalone_mode=False)
    except HoldshortError as error:
        sys.exit(_fail(error, as_json=as_json))
    except click.ClickException as error:
        if as_json:
            sys.exit(_fail(BadInput(error.format_message()), as_json=True))
        error.show()
        sys.exit(WRONG_USE)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(_interrupted(given, as_json=as_json))
    except OSError as error:
        place = str(error.filename) if error.filename else None
        reason = error.strerror or str(error)
        sys.exit(_fail(HoldshortError(f"{reason}.", where=place), as_json=as_json))
    sys.exit(code if isinstance(code, int) else 0)


def _interrupted(given: list[str], *, as_json: bool) -> int:
    what = "Interrupted. What was filed stays on the register, and nothing is half-done."
    command = shlex.join(["holdshort", *given])
    error = HoldshortError(what, do=f"To go on: {command}")
    if not as_json:
        click.echo(err=True)  # leave the line on which ^C stands
    _fail(error, as_json=as_json)
    return INTERRUPTED


def _fail(error: HoldshortError, *, as_json: bool) -> int:
    if as_json:
        said: dict[str, Any] = {"error": error.what, "where": error.where, "do": error.do}
        if isinstance(error, Refused):
            said["clause"] = error.clause
            # Every reason, where there are several; the first is the error itself.
            objections = getattr(error, "objections", ())
            said["objections"] = [{"says": each.says, "cite": each.cite} for each in objections]
            said["do"] = None if objections else error.do
        try:
            click.echo(json.dumps(said, ensure_ascii=False))
        except OSError:  # there is no room where the document was to go
            click.echo(f"holdshort: {error}", err=True)
    else:
        click.echo(f"holdshort: {error}", err=True)
    return error.exit_code
