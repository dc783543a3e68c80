"""Files of an audit: a table of answers, a queue, and the order in which items are counted."""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

from holdshort.assess.validity.audit.queue import Queue
from holdshort.assess.validity.audit.striking import Answered
from holdshort.assess.validity.audit.suspicion import Responses
from holdshort.errors import BadInput
from holdshort.register.canonical import parse_canonical

_ITEM, _KEY = "item", "key"


def read_bank(path: Path, ignored: Sequence[str] = ()) -> Responses:
    """A CSV with columns ``item`` and ``key``; each other one holds a model's answers.

    Columns named in ``ignored`` are none. Raises :class:`BadInput` naming what cannot be used.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            columns = list(rows.fieldnames or ())
            if missing := [each for each in (_ITEM, _KEY, *ignored) if each not in columns]:
                raise BadInput(f"There is no column {missing[0]!r}.", where=str(path))
            models = tuple(each for each in columns if each not in (_ITEM, _KEY, *ignored))
            read = [dict(row) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"The table cannot be read: {error}.", where=str(path)) from None
    for number, row in enumerate(read, 2):
        if None in row or None in row.values():
            raise BadInput("The line has not the columns of the first.", where=f"{path}:{number}")
    return Responses(
        tuple(row[_ITEM] for row in read),
        tuple(row[_KEY] for row in read),
        models,
        tuple(tuple(row[model] for model in models) for row in read),
    )


def read_queue(path: Path) -> Queue:
    """The queue in a file, in canonical JSON. Raises :class:`BadInput` naming the field."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"The queue cannot be read: {error.strerror}.", where=str(path)) from None
    return Queue.from_fields(parse_canonical(data.removesuffix(b"\n"), str(path)), str(path))


def answers_of(bank: Responses, model: str, seed: bytes) -> list[Answered]:
    """What a model answered, in the order of the hashes of the items under a seed.

    The seed is fixed before the answers are seen: a sequential test counts items in an order that
    nobody chose. Raises :class:`BadInput` when the table has no such model.
    """
    if model not in bank.models:
        raise BadInput(f"No answers of {model!r}.", do=f"There are {', '.join(bank.models)}.")
    column = bank.models.index(model)
    found = [
        Answered(item, key, row[column])
        for item, key, row in zip(bank.items, bank.keys, bank.answers, strict=True)
    ]
    return sorted(
        found, key=lambda each: hashlib.sha256(seed + b"\0" + each.item.encode()).digest()
    )
