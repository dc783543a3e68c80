"""The colours of every page and figure, light and dark.

Every pair that stands as text on its background has a contrast of at least 4.5 : 1 (WCAG 2.2,
success criterion 1.4.3), and every mark of a figure at least 3 : 1 (1.4.11); the tests compute
both. The yellow on asphalt is that of a runway holding position marking. Print is always light.
"""

LIGHT = {
    "paper": "#ffffff",
    "surface": "#f3f4f4",
    "ink": "#15191c",
    "muted": "#4d565c",
    "line": "#c3c8cb",
    "link": "#1a4f8f",
    "focus": "#1a4f8f",
    "good": "#00663a",
    "caution": "#744600",
    "stop": "#a5131d",
    "zone": "#f3d98b",
    "asphalt": "#23282b",
    "marking": "#f6c400",
}
DARK = {
    "paper": "#15191b",
    "surface": "#20262a",
    "ink": "#eceff0",
    "muted": "#b4bcc1",
    "line": "#4b545a",
    "link": "#9cc5ff",
    "focus": "#f6c400",
    "good": "#71d3a1",
    "caution": "#ffcb5c",
    "stop": "#ff9c93",
    "zone": "#5b4a16",
    "asphalt": "#0c0f10",
    "marking": "#f6c400",
}


def stylesheet(selector: str) -> str:
    """CSS custom properties on ``selector``: light; dark where a screen asks; the reader's own."""
    light = "".join(f"--{name}:{value};" for name, value in LIGHT.items())
    dark = "".join(f"--{name}:{value};" for name, value in DARK.items())
    return (
        f"{selector}{{{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{{selector}{{{dark}}}}}"
    )
