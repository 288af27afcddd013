"""What a person can act on is said in both languages."""

from __future__ import annotations

import pytest

from kyogyo.errors import KyogyoError, MissingTableError, ModelError, SourceError, StoreError
from kyogyo.words import Text


@pytest.mark.parametrize("kind", [KyogyoError, MissingTableError, ModelError, SourceError, StoreError])  # fmt: skip
def test_an_error_says_the_same_in_both_languages(kind: type[KyogyoError]) -> None:
    error = kind(en="The file is empty.", ja="ファイルが空です。")
    assert isinstance(error, KyogyoError)
    assert error.text == Text("The file is empty.", "ファイルが空です。")
    assert (error.say("en"), error.say("ja")) == ("The file is empty.", "ファイルが空です。")
    # What a log or a notebook shows without asking.
    assert str(error) == "The file is empty."


def test_an_error_without_a_translation_can_t_be_made() -> None:
    with pytest.raises(TypeError):
        KyogyoError(en="The file is empty.")  # type: ignore[call-arg]
