"""What a caveat knows, in plain words: its evidence, and what it forbids."""

from __future__ import annotations

import re

from kyogyo import words
from kyogyo.analytics.columns import COLUMNS
from kyogyo.analytics.readable import Voice
from kyogyo.analytics.results import Caveat
from kyogyo.reports.phrases import BEFORE, EVIDENCE, FORBIDDEN

# Keys whose fractions are shares: 'top_account_share', 'inferred_share.mql', 'x.known_of_reached'.
_SHARE = re.compile(r"(^|[._])(share|rate|known_of)([._]|$)")


def evidence_in_words(*, caveat: Caveat, voice: Voice) -> list[tuple[str, str]]:
    """The evidence as (name, value) in its own order."""
    return [(_name(key, voice), _value(key, value)) for key, value in caveat.evidence.items()]


def _name(key: str, voice: Voice) -> str:
    if "." in key:
        return " · ".join(_name(part, voice) for part in key.split("."))
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
        return value
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
    for most in range(len(parts), 0, -1):
        phrase = FORBIDDEN.get(":".join(parts[:most]))
        if phrase is not None:
            subject = " ".join(voice.word(part) for part in parts[most:] if part)
            return voice.say(phrase).format(subject)
    return None
