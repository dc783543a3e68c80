"""Territories by which a bar, or a clearance, can be limited: countries and their parts.

A territory is an ISO 3166-1 alpha-2 code, ``DE``, or an ISO 3166-2 code of a part of a country,
``US-CA``. Only codes that are officially assigned are known: a word that nobody asks for, such as
``UK``, would limit nothing. Of the parts the form alone is checked, since they change every year. A
union of countries is written as its members.
"""

import re

# ISO 3166-1:2020, officially assigned alpha-2 codes, as in the tz database's iso3166.tab.
COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ
    BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM
    DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS
    GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ
    MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
    VN VU WF WS YE YT ZA ZM ZW
    """.split()
)

_FORM = re.compile(r"([A-Z]{2})(?:-[A-Z0-9]{1,3})?")


def is_territory(value: object) -> bool:
    """Whether ``value`` is a country of ISO 3166-1, or has the form of a part of one."""
    match = _FORM.fullmatch(value) if isinstance(value, str) else None
    return match is not None and match[1] in COUNTRIES


def within(part: str, whole: str) -> bool:
    """Whether one territory is, or is part of, another."""
    return part == whole or part.startswith(f"{whole}-")


def overlap(one: str, other: str) -> bool:
    """Whether two territories have anything in common."""
    return within(one, other) or within(other, one)
