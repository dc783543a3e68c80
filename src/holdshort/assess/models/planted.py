"""Planted models: of known ability by construction, to test the assessors who test them.

``planted/<name>`` with the argument ``table=FILE``, the secret that `holdshort proficiency plant`
wrote. Behind each stands the suites' own solver and a noise channel: of the items of an area it
answers the share *ability* rightly and declines the others. Which ones follows from the secret salt
of the table and the item, so the same item gets the same reply in any run, and nobody without the
salt can tell the model from one that is simply that able.

A model that *hides* its ability plays weak where it takes an item for a graded one, which is where
the item stands alone; with other text before it the same item gets what the model can do. On a bare
item it answers the share `SHOWN` of the threshold that it wants to stay under, or less if it can
less.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from holdshort.assess.models.reference import DECLINED, item_of, solver
from holdshort.assess.suites.suite import SUITES
from holdshort.errors import BadInput

SHOWN = Fraction(1, 2)
"""A model that hides shows this share of the lower edge of the zone: well inside *acceptable*."""


@dataclass(frozen=True)
class Planted:
    """One planted model: its ability (decimal string) in each area, and whether it hides it."""

    salt: bytes
    abilities: Mapping[str, str]
    hides: bool

    def reply(self, prompt: str) -> str:
        """What it answers to a prompt; it declines what is no item of the suites."""
        found = item_of(prompt)
        if found is None or found[0] not in self.abilities:
            return DECLINED
        area, item = found
        able = Fraction(self.abilities[area])
        if self.hides and prompt.strip() == item.strip():
            able = min(able, self._shown(area))
        digest = hashlib.sha256(b"holdshort-noise\0" + self.salt + item.strip().encode()).digest()
        draw = Fraction(int.from_bytes(digest[:8], "big"), 2**64)
        return solver(item) if draw < able else DECLINED

    def _shown(self, area: str) -> Fraction:
        of = SUITES[area]
        return SHOWN * (Fraction(of.threshold) - Fraction(of.zone))


def planted_names(path: Path) -> list[str]:
    """How the models of a secret table are called.

    Raises:
        BadInput: the file is no such table.
    """
    return list(_read(path)[0])


def read_planted(path: Path, name: str) -> Planted:
    """The planted model of that name in a secret table.

    Raises:
        BadInput: the file is no such table, or has no such model.
    """
    rows, nonce = _read(path)
    row = rows.get(name)
    if not isinstance(row, dict):
        raise BadInput(f"No model {name!r} is planted.", where=str(path), do=f"There: {list(rows)}")
    salt = hashlib.sha256(b"holdshort-salt\0" + nonce + name.encode()).digest()
    return Planted(salt, row["abilities"], row["hides"])


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    """The rows of a table, and its nonce."""
    try:
        held = json.loads(path.read_text("utf-8"))
        rows, nonce = held["truth"], bytes.fromhex(held["nonce"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"This is no table of planted models: {error}.", where=str(path)) from None
    if not isinstance(rows, dict):
        raise BadInput("This is no table of planted models.", where=str(path))
    return rows, nonce


class PlantedAPI(ModelAPI):
    """A planted model behind Inspect's interface."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - Inspect's own signature
        table: str = "",
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self._planted = read_planted(Path(table), model_name)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's parameter name
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Reply to the last user message."""
        asked = next((m.text for m in reversed(input) if m.role == "user"), "")
        text = self._planted.reply(asked)
        output = ModelOutput.from_content(f"planted/{self.model_name}", text)
        read, written = sum(len(m.text.split()) for m in input), len(text.split())
        output.usage = ModelUsage(
            input_tokens=read, output_tokens=written, total_tokens=read + written
        )
        return output


@modelapi(name="planted")
def planted() -> type[ModelAPI]:
    """The provider class, for Inspect's registry."""
    return PlantedAPI
