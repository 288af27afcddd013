from __future__ import annotations

import pytest

from kyogyo.revenue_model.lines import Path, find_lines, line_of

TEXT = '''\
# name = "not this one"
name = "A"

[calendar]
open = "09:00"

[[handoffs]]
code = "a"
label.en = "A"

[[handoffs.clocks]]
code = "one"
[[handoffs.clocks]]   # the second
code = "two"

[[handoffs]]
code = "b"
note = """
code = "inside a text"
"""
returns = [
    "x",
    "y",
]
[[handoffs.clocks]]
"code" = "three"
'''


def test_every_header_and_key_has_its_line() -> None:
    assert find_lines(TEXT) == {
        ("name",): 2,
        ("calendar",): 4,
        ("calendar", "open"): 5,
        ("handoffs", 0): 7,
        ("handoffs", 0, "code"): 8,
        ("handoffs", 0, "label"): 9,
        ("handoffs", 0, "label", "en"): 9,
        ("handoffs", 0, "clocks", 0): 11,
        ("handoffs", 0, "clocks", 0, "code"): 12,
        ("handoffs", 0, "clocks", 1): 13,
        ("handoffs", 0, "clocks", 1, "code"): 14,
        ("handoffs", 1): 16,
        ("handoffs", 1, "code"): 17,
        ("handoffs", 1, "note"): 18,
        ("handoffs", 1, "returns"): 21,
        ("handoffs", 1, "clocks", 0): 25,
        ("handoffs", 1, "clocks", 0, "code"): 26,
    }


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("handoffs", 1, "returns", 1), 21),
        (("handoffs", 1, "giver"), 16),
        (("calendar", "close"), 4),
        (("currency",), None),
        ((), None),
    ],
)
def test_what_has_no_line_of_its_own_has_that_of_what_holds_it(
    path: Path, line: int | None
) -> None:
    assert line_of(path, find_lines(TEXT)) == line
