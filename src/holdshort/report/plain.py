"""Text by other hands, made safe to print beside text of ours.

Names of parties, models and files come from whoever filed them. Escaping is left to Jinja and to
the SVG writer; this module removes what escaping does not: characters that XML 1.0 forbids, and
the Unicode direction controls with which a name could rewrite the look of the line it stands in
(UTR 36, section 2.4.1 "Bidirectional text spoofing").
"""

import re

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"  # XML 1.0, section 2.2
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # direction marks, overrides and isolates
)


def plain(text: str) -> str:
    """The text with each forbidden or direction-changing character shown as U+FFFD (�)."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
