"""Asking whoever sits at the terminal for what opens a key."""

import sys

import click

from holdshort.errors import KeyFileError


def ask(what: str) -> bytes:
    """The secret, typed and not shown; ``what`` says of what.

    KeyFileError if nobody is there to type it.
    """
    if not sys.stdin.isatty():
        raise KeyFileError(
            f"{what[:1].upper()}{what[1:]} is needed, and nobody is here to type it.",
            do="Name a file that holds it: HOLDSHORT_PASSPHRASE_FILE, or HOLDSHORT_PIN_FILE "
            "for a device.",
        )
    typed: str = click.prompt(what, hide_input=True, err=True)
    return typed.encode()


def choose(what: str) -> bytes:
    """A new secret, typed twice; KeyFileError if nobody is there to type it."""
    if not sys.stdin.isatty():
        return ask(what)
    typed: str = click.prompt(what, hide_input=True, confirmation_prompt=True, err=True)
    return typed.encode()
