from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyogyo.connectors.tables.text.decoding import bytes_of, decode_marked, decode_strict, shown


@given(data=st.binary(max_size=60), encoding=st.sampled_from(["utf-8", "ascii", "latin-1"]))
def test_marked_text_gives_its_bytes_back(data: bytes, encoding: str) -> None:
    assert bytes_of(decode_marked(data, encoding), encoding) == data


@given(data=st.binary(max_size=60))
def test_bytes_of_marked_euc_are_read_as_the_same_text(data: bytes) -> None:
    text = decode_marked(data, "euc_jp")

    assert decode_marked(bytes_of(text, "euc_jp"), "euc_jp") == text


@given(
    text=st.text(alphabet=st.characters(codec="cp932", exclude_characters="¢£¬‖−〜"), max_size=40)
)
def test_cp932_text_is_decoded_without_a_mark(text: str) -> None:
    assert decode_strict(text.encode("cp932"), "cp932") == decode_marked(
        text.encode("cp932"), "cp932"
    )


@given(text=st.text(alphabet=st.characters(codec="euc_jp", exclude_characters="¥‾"), max_size=40))
def test_euc_text_is_decoded_as_python_does(text: str) -> None:
    assert decode_strict(text.encode("euc_jp"), "euc_jp") == text.encode("euc_jp").decode("euc_jp")


@given(
    text=st.text(alphabet=st.characters(codec="iso2022_jp", exclude_characters="\x1b\x0e\x0f¥‾"))
)
def test_seven_bit_jis_is_decoded_as_python_does(text: str) -> None:
    data = text.encode("iso2022_jp")

    assert decode_strict(data, "iso-2022-jp") == data.decode("iso2022_jp")


def test_lead_byte_does_not_swallow_the_delimiter() -> None:
    assert decode_marked(b"\x82,x", "cp932") == "\udc82,x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\udc82b", "a\\x82b"),
        ("\0", "\\x00"),
        ("\ud800", "\\ud800"),
        ("x" * 300, "x" * 197 + "..."),
    ],
)
def test_shown_text_can_be_written_anywhere(text: str, expected: str) -> None:
    assert shown(text) == expected
    assert shown(text).encode()
