"""What a caveat knows, in plain words: its evidence, and what it forbids."""

from __future__ import annotations

import re
from collections.abc import Collection

from kyogyo import words
from kyogyo.analytics.columns import COLUMNS
from kyogyo.analytics.readable import Voice
from kyogyo.analytics.results import Caveat
from kyogyo.reports.phrases import BEFORE, EVIDENCE, FORBIDDEN, FORBIDDEN_OF_TWO

# Keys whose fractions are shares: 'top_account_share', 'inferred_share.mql', 'x.known_of_reached'.
_SHARE = re.compile(r"(^|[._])(share|rate|known_of)([._]|$)")

_OF = re.compile(r"(\d+) of (\d+)")


def evidence_in_words(*, caveat: Caveat, voice: Voice) -> list[tuple[str, str]]:
    """The evidence as (name, value) in its own order."""
    return [
        (_name(key, voice, as_they_are=caveat.about), _value(key, value))
        for key, value in caveat.evidence.items()
    ]


def about_in_words(*, caveat: Caveat, voice: Voice) -> list[str]:
    """What a caveat touches: stages, attributes, or a quantity that has a column."""
    return [_about(code, voice) for code in caveat.about]


def _about(code: str, voice: Voice) -> str:
    said = voice.word(code)
    column = COLUMNS.get(code)
    return voice.say(column.heading).lower() if said == code and column is not None else said


def _name(key: str, voice: Voice, *, as_they_are: Collection[str]) -> str:
    if key in as_they_are and key not in voice.labels:
        return key
    if "." in key:
        return " · ".join(_name(part, voice, as_they_are=as_they_are) for part in key.split("."))
    if key in EVIDENCE:
        return voice.say(EVIDENCE[key])
    column = COLUMNS.get(key)
    if column is not None:
        heading = voice.say(column.heading)
        return heading[0].lower() + heading[1:]
    said = voice.word(key)
    return said if said != key else key.replace("_", " ")


def _value(key: str, value: float | str) -> str:
    if isinstance(value, str):
        parts = _OF.fullmatch(value)
        return f"{int(parts[1]):,} / {int(parts[2]):,}" if parts else value
    if isinstance(value, int):
        return f"{value:,}"
    if _SHARE.search(key) and 0 <= value <= 1:
        return words.percent(value)
    return f"{value:,.4g}"


def forbidden_in_words(*, caveat: Caveat, voice: Voice) -> list[str]:
    """What may not be computed, as phrases; a question without words is said by its code."""
    return [_forbidden(each, voice) for each in caveat.forbids]


def _forbidden(code: str, voice: Voice) -> str:
    what, before, day = code.partition(":before:")
    said = _prohibition(what, voice)
    if said is None:
        return code
    return voice.say(BEFORE).format(what=said, day=day) if before else said


def _prohibition(code: str, voice: Voice) -> str | None:
    parts = code.split(":")
    of_two = FORBIDDEN_OF_TWO.get(parts[0]) if len(parts) == 3 else None
    if of_two is not None:
        return voice.say(of_two).format(*(voice.word(part) for part in parts[1:]))
    for most in range(len(parts), 0, -1):
        phrase = FORBIDDEN.get(":".join(parts[:most]))
        if phrase is not None:
            subject = " ".join(voice.word(part) for part in parts[most:] if part)
            return voice.say(phrase).format(subject)
    return None
