"""Both languages are there, say the same places to fill, and never shout."""

import re

import pytest

from kyogyo.reports import phrases

TABLES = {
    name: getattr(phrases, name)
    for name in ("PHRASES", "BASES", "UNITS", "FORBIDDEN", "FORBIDDEN_OF_TWO", "EVIDENCE")
}
EVERY = [(table, key) for table, entries in TABLES.items() for key in entries]


@pytest.mark.parametrize(("table", "key"), EVERY)
def test_phrase_is_in_both_languages_with_the_same_places_to_fill(table, key):
    text = TABLES[table][key]
    assert text.en.strip() == text.en != ""
    assert text.ja.strip() == text.ja != ""
    assert sorted(re.findall(r"\{\w*\}", text.en)) == sorted(re.findall(r"\{\w*\}", text.ja))
    assert not re.search(r"[!！]", text.en + text.ja)
