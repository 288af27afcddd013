from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.revenue_model.draw.lettering import advance, cells, wrap, wrap_cells


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("受注", 4), ("ﾃｽﾄ", 3), ("SAL（対応中）", 13), ("é", 1)],
)
def test_japanese_signs_take_two_cells(text: str, width: int) -> None:
    assert cells(text) == width


def test_bold_is_broader() -> None:
    assert advance("Won", size=10, bold=True) > advance("Won", size=10)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("受注", ["受注"]),
        ("有効商談・課題把握", ["有効商談・", "課題把握"]),
        ("社内の承認を進めている", ["社内の承認を", "進めている"]),
        ("Negotiation and approval", ["Negotiation", "and approval"]),
        ("（かっこ）で始めた長い名称", ["（かっこ）で", "始めた長い名称"]),
    ],
)
def test_lines_break_after_a_phrase(text: str, lines: list[str]) -> None:
    assert wrap(text, width=98, size=11, most=2) == lines


def test_what_is_too_long_is_cut_and_says_so() -> None:
    lines = wrap("商談後の受け入れと差し戻しと要追加確認の判断", width=60, size=10, most=2)

    assert lines == ["商談後の受け", "入れと差し…"]


def test_word_that_is_too_long_is_cut() -> None:
    assert wrap("Donaudampfschiff", width=50, size=10, most=3) == ["Donaud…"]


@given(text=st.text(max_size=60), width=st.integers(30, 200), most=st.integers(1, 4))
def test_no_line_is_too_wide_and_none_too_many(text: str, width: int, most: int) -> None:
    lines = wrap(text, width=width, size=12, most=most)

    assert len(lines) <= most
    assert [line for line in lines if advance(line, size=12) > width] == []
    assert [line for line in lines if line != line.strip() or not line] == []


WORDS = st.text(alphabet="あいう漢字カナabc ・、（）", max_size=60)


@given(text=WORDS, width=st.integers(60, 400))
def test_no_sign_is_lost_while_there_is_room(text: str, width: int) -> None:
    lines = wrap(text, width=width, size=12, most=100)

    if [line for line in lines if line.endswith("…")] == []:
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(text=WORDS, width=st.integers(8, 80))
def test_lines_of_a_terminal_fit_and_lose_nothing(text: str, width: int) -> None:
    lines = wrap_cells(text, width=width)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    longest_piece = max((len(line.replace(" ", "")) for line in lines), default=0)
    assert [line for line in lines if cells(line) > max(width, 2 * longest_piece)] == []
