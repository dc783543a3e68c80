"""A facts file: what is read from it, and where each mistake in it is pointed out."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdshort.compute.decimals import decimal_text, engineering, scientific
from holdshort.compute.facts import Facts, load_facts, shipped
from holdshort.errors import BadInput

Load = Callable[[str], Facts]

WHOLE = """\
model:
  name: Example 7B
  released: 2026-03-01
  sources: [a paper, a card]
training:
  architecture: {kind: moe, parameters: 40e9, active_parameters: 7e9}
  tokens: {value: 2e12, source: "paper, table 1", note: all epochs}
  hardware:
    chip: nvidia h100-80GB
    count: 1_024
    duration: 54 days
    chip_hours: 1.327e6
    utilisation: .4
    precision: BF16
  reported: {total: 8.4e22, counts: pre-training, recomputation: excluded}
developer:
  name: Example Laboratory
  ai_revenue: 1.2 billion USD/year
  ai_rnd_spend: "750 million USD per year"
"""


def test_every_part_of_a_facts_file_is_read(load: Load) -> None:
    facts = load(WHOLE)
    training, hardware = facts.training, facts.training.hardware
    assert facts.model.name is not None
    assert facts.model.name.value == "Example 7B"
    assert facts.model.sources == ("a paper", "a card")
    assert training.tokens is not None
    assert training.tokens.value == Decimal("2e12")
    assert (training.tokens.source, training.tokens.note) == ("paper, table 1", "all epochs")
    assert training.tokens.where.endswith("facts.yaml:7")
    assert hardware.count is not None
    assert hardware.count.value == 1024
    assert hardware.duration is not None
    assert hardware.duration.value == 54 * 24
    assert hardware.precision is not None
    assert hardware.precision.value == "bf16"
    assert facts.developer.ai_revenue is not None
    assert facts.developer.ai_revenue.value == Decimal("1.2e9")
    assert facts.developer.ai_rnd_spend is not None
    assert facts.developer.ai_rnd_spend.value == Decimal("750e6")


def test_every_part_may_be_left_out(load: Load) -> None:
    assert load("model: {name: X}").to_fields() == {"model": {"name": {"value": "X"}}}
    assert load("{}").to_fields() == {}


def test_the_signed_form_has_sources_and_no_floats(load: Load) -> None:
    fields = load(WHOLE).to_fields()
    assert "float" not in {type(value).__name__ for value in _leaves(fields)}
    assert json.loads(json.dumps(fields))["training"]["tokens"] == {
        "value": "2E+12",
        "unit": "tokens",
        "source": "paper, table 1",
        "note": "all epochs",
    }


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


@pytest.mark.parametrize(
    "spelled", ["405e9", "405000000000", "4.05E11", "405_000_000_000", "'405e9'"]
)
def test_one_number_signs_alike_however_it_is_spelled(load: Load, spelled: str) -> None:
    fields = load(f"training: {{tokens: {spelled}}}").to_fields()
    assert fields["training"] == {"tokens": {"value": "4.05E+11", "unit": "tokens"}}


@given(st.decimals(min_value="1e-30", max_value="1e30", allow_nan=False, allow_infinity=False))
def test_a_written_decimal_reads_back_as_itself(value: Decimal) -> None:
    rounded = +value
    assert Decimal(decimal_text(rounded)) == rounded
    assert Decimal(engineering(rounded)) == rounded
    assert Decimal(scientific(rounded)) == rounded


def test_json_says_the_same_as_yaml(load: Load, load_json: Load) -> None:
    text = """{
\t"model": {"name": "Caf\\u00e9 \\ud83d\\ude00 a\\/b"},
\t"training": {"tokens": 2e12, "hardware": {"duration": "2 weeks"}}
}"""
    assert (
        load_json(text).to_fields()
        == load(
            'model: {name: "Café 😀 a/b"}\ntraining: {tokens: 2e12, hardware: {duration: 336 h}}'
        ).to_fields()
    )


@pytest.mark.parametrize(
    ("written", "hours"),
    [("90 minutes", "1.5"), ("1 h", "1"), ("7 days", "168"), ("2 weeks", "336"), ("5400 s", "1.5")],
)
def test_durations_are_kept_in_hours(load: Load, written: str, hours: str) -> None:
    duration = load(f"training: {{hardware: {{duration: {written}}}}}").training.hardware.duration
    assert duration is not None
    assert abs(duration.value - Decimal(hours)) < Decimal("1e-20")


# Line of the mistake in the file, the file, and what is said of it.
MISTAKES = [
    (2, "training:\n  tokens: -2e12", "tokens is '-2e12'; it must be above zero"),
    (2, "training:\n  tokens: 0", "tokens is '0'; it must be above zero"),
    (2, "training:\n  tokens: nan", "tokens is 'nan'; it must be a plain number"),
    (2, "training:\n  tokens: .inf", "tokens is '.inf'; it must be a plain number"),
    (2, "training:\n  tokens: 1e999", "at most"),
    (2, "training:\n  tokens: 1e999999999", "it must be a plain number"),
    (2, "training:\n  tokens: lots", "'lots'; it must be a plain number (tokens), such as 2e12"),
    (2, "training:\n  tokens: 30,840,000", "must be a plain number"),
    (2, "training:\n  tokens: 2e12 tokens", "must be a plain number"),
    (2, "training:\n  tokens: true", "must be a plain number"),
    (2, "training:\n  tokens:", "training.tokens has no value; leave out what is not known"),
    (2, "training:\n  tokens: null", "has no value"),
    (2, "training:\n  tokens: [1, 2]", "training.tokens must be a single value"),
    (2, "training:\n  token: 1", "Unknown key 'token' in 'training'; known are: architecture, "),
    (2, "training:\n  token: 1", "Did you mean 'tokens'?"),
    (2, "model: {name: X}\ntrainings: {}", "Unknown key 'trainings' at the top"),
    (3, "training:\n  tokens: 1\n  tokens: 2", "'tokens' stands twice; it stood first at"),
    (3, "training:\n  tokens:\n    valeu: 1", "Unknown key 'valeu' in 'training.tokens'"),
    (2, "training:\n  tokens: {source: a paper}", "training.tokens has no 'value'"),
    (1, "training: 3", "training must hold 'key: value' lines"),
    (1, "training: {hardware: {duration: 54}}", "duration: unit missing: 54 of what?"),
    (1, "training: {hardware: {duration: 54}}", "as in '54 days'; accepted are: s, second"),
    (1, "training: {hardware: {duration: 2 months}}", "unknown unit 'months'"),
    (1, "training: {hardware: {duration: -2 days}}", "must be above zero"),
    (1, "training: {hardware: {duration: long}}", "'long' is not a number with a unit"),
    (2, "developer:\n  ai_revenue: 500e6", "ai_revenue: unit missing"),
    (2, "developer:\n  ai_revenue: 500e6", "as in '1.2 billion USD/year'"),
    (2, "developer:\n  ai_revenue: 5 EUR/year", "unknown unit 'EUR/year'"),
    (2, "developer:\n  ai_revenue: 5 million USD", "unknown unit 'million USD'"),
    (1, "training: {hardware: {utilisation: 41}}", "utilisation is '41'; it can be at most 1"),
    (1, "training: {hardware: {utilisation: 41 %}}", "must be a plain number (fraction)"),
    (1, "training: {hardware: {count: 64.5}}", "count is '64.5'; it must be a whole number"),
    (1, "training: {hardware: {chip: H1000}}", "chip is 'H1000'; known are: V100 SXM, "),
    (
        1,
        "training: {hardware: {chip: H1000}}",
        "give its dense peak too, as in 'peak: 312 TFLOP/s'",
    ),
    (1, "training: {hardware: {chip: X, peak: 5e14}}", "peak: unit missing"),
    (1, "training: {hardware: {precision: bf61}}", "known are: fp32, tf32, fp16, bf16"),
    (1, "training: {hardware: {precision: bf61}}", "Did you mean 'bf16'?"),
    (1, "training: {hardware: {chip: V100, precision: fp8}}", "V100 SXM has no fp8 peak; it has"),
    (2, "training:\n  architecture: {kind: sparse}", "kind is 'sparse'; known are: dense, moe"),
    (
        3,
        "training:\n  architecture:\n    {active_parameters: 8e9, parameters: 7e9}",
        "active_parameters is 8e9, more than all parameters (7e9)",
    ),
    (
        1,
        "training: {architecture: {kind: dense, parameters: 7e9, active_parameters: 1e9}}",
        "A dense model uses all its parameters",
    ),
    (1, "model: {released: 1 March 2026}", "released is '1 March 2026', not a date like"),
    (1, "model: {released: 2026-02-30}", "not a date"),
    (1, "training: {reported: {recomputation: maybe}}", "known are: included, excluded"),
    (2, "model:\n  name: &x a\n  sources: [*x]", "anchors and aliases are not used here"),
    (1, "model: {name: !!python/name:os.system x}", "tags are not used here"),
    (1, "? [a]\n: b", "A key must be a single word"),
    (2, "model:\n\tname: X", "not YAML"),
    (1, "model: {name: X", "not YAML"),
    (2, "--- {}\n--- {}", "not YAML"),
]


@pytest.mark.parametrize(("line", "text", "says"), MISTAKES)
def test_a_mistake_is_shown_with_its_line(load: Load, line: int, text: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        load(text)
    assert says in str(caught.value)
    assert str(caught.value.where).endswith(f"facts.yaml:{line}")


@pytest.mark.parametrize(
    ("line", "text", "says"),
    [
        (
            3,
            '{"model": {"name": "X"},\n "training":\n  {"tokens": 1, "tokens": 2}}',
            "stands twice",
        ),
        (2, '{"training":\n {"tokens": NaN}}', "tokens is 'NaN'"),
        (2, '{"model": 1,\n}', "This is not JSON"),
        (1, "model: {name: X}", "This is not JSON"),
        (1, '{"model": {"name": "\\ud83d"}}', "half of a surrogate pair"),
        (1, '{"training": {"tokens": null}}', "has no value"),
    ],
)
def test_a_mistake_in_json_is_shown_with_its_line(
    load_json: Load, line: int, text: str, says: str
) -> None:
    with pytest.raises(BadInput) as caught:
        load_json(text)
    assert says in str(caught.value)
    assert str(caught.value.where).endswith(f"facts.json:{line}")


@pytest.mark.parametrize("text", ["", "# nothing\n", "just words", "- a\n- list"])
def test_a_file_without_keys_is_refused(load: Load, text: str) -> None:
    with pytest.raises(BadInput, match="not a list of 'key: value' lines"):
        load(text)


def test_nesting_without_end_is_refused(load: Load, load_json: Load) -> None:
    for read in (load, load_json):
        with pytest.raises(BadInput, match="nested too deeply"):
            read("[" * 20_000 + "]" * 20_000)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gone\.yaml: The file cannot be read: No such file"):
        load_facts(tmp_path / "gone.yaml")
    with pytest.raises(BadInput, match="Is a directory"):
        load_facts(tmp_path)


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"model:\n  name: caf\xe9\n")
    with pytest.raises(BadInput, match=r"f\.yaml:2: This line is not UTF-8"):
        load_facts(tmp_path / "f.yaml")


def test_a_file_beyond_a_megabyte_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(BadInput, match="larger than one megabyte"):
        load_facts(tmp_path / "f.yaml")


@given(st.text(max_size=80))
def test_no_text_at_all_ends_in_anything_but_facts_or_a_clear_error(text: str) -> None:
    # Not tmp_path: hypothesis runs many examples in one test, and each wants its own place.
    with TemporaryDirectory() as folder:
        place = Path(folder) / "facts.yaml"
        place.write_text(text, errors="surrogatepass", newline="")
        where: str | None = str(place)
        try:
            load_facts(place)
        except BadInput as error:
            where = error.where
        assert where
        assert where.startswith(str(place))


@pytest.mark.parametrize("name", ["smollm2-135m", "llama-3.1-405b"])
def test_shipped_facts_cite_every_figure(name: str) -> None:
    facts = load_facts(shipped(name))
    assert facts.model.sources
    training = facts.training
    assert training.architecture.parameters is not None
    assert training.architecture.parameters.source
    assert training.tokens is not None
    assert training.tokens.source
    for spent in (facts.developer.ai_revenue, facts.developer.ai_rnd_spend):
        assert spent is None or (spent.source and spent.note)


def test_a_facts_file_that_is_not_shipped_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(BadInput, match=r"there are: llama-3\.1-405b, smollm2-135m"):
        shipped("gpt-5")
