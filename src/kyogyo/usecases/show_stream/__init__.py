"""The page of the whole stream: every stage of a track with its numbers, and the records behind each."""

from kyogyo.usecases.show_stream.contents import (
    Asked,
    Back,
    Choice,
    Choices,
    Held,
    Mix,
    StreamPage,
)
from kyogyo.usecases.show_stream.empty import empty_river
from kyogyo.usecases.show_stream.numbers import NumberShown, Part, show_number
from kyogyo.usecases.show_stream.page import TeamChoice, backs_of
from kyogyo.usecases.show_stream.show import Shown, show_stream

__all__ = [
    "Asked", "Back", "Choice", "Choices", "Held", "Mix", "NumberShown", "Part",
    "Shown", "StreamPage", "TeamChoice",
    "backs_of", "empty_river", "show_number", "show_stream",
]  # fmt: skip
