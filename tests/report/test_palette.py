from itertools import product

import pytest

from holdshort.report.palette import DARK, LIGHT, stylesheet

SCHEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    darker, lighter = sorted((luminance(a), luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_ruler_itself_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("text", "background"),
    [*product(("ink", "muted", "link", "good", "caution", "stop"), ("paper", "surface"))],
)
def test_text_has_a_contrast_of_at_least_four_and_a_half(
    scheme: str, text: str, background: str
) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[text], colours[background]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("mark", ["ink", "good", "caution", "stop", "muted"])
def test_marks_of_a_figure_stand_out_from_the_zone_behind_them(scheme: str, mark: str) -> None:
    assert contrast(SCHEMES[scheme][mark], SCHEMES[scheme]["zone"]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "text", ["#ffffff", "#c9d0d4", "#71d3a1", "#ff9c93", "#ffcb5c"]
)  # those of .head in page.css
def test_the_header_can_be_read_on_asphalt(scheme: str, text: str) -> None:
    assert contrast(text, SCHEMES[scheme]["asphalt"]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_rehearsal_banner_can_be_read_on_its_yellow(scheme: str) -> None:
    assert contrast("#15191c", SCHEMES[scheme]["marking"]) >= 4.5


def test_both_schemes_define_the_same_colours_and_only_a_screen_turns_dark() -> None:
    assert LIGHT.keys() == DARK.keys()
    light, dark = stylesheet("x").split("@media screen and (prefers-color-scheme:dark)")
    assert all(f"--{name}:{value};" in light for name, value in LIGHT.items())
    assert all(f"--{name}:{value};" in dark for name, value in DARK.items())
