"""What came with an offer: each question once, with the last word and what differs from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kyogyo.records.queries.packet import Packet, ToldAnswer
from kyogyo.words import Text

AT = datetime(2026, 4, 6, 1, tzinfo=UTC)


def _told(question: str, answer: str, department: str, *, hours: int = 0) -> ToldAnswer:
    return ToldAnswer(
        claim_id=hours + 1, question=question, label=Text(question, question),
        answer=Text(answer or "unknown", answer or "未確認"), is_unknown=not answer,
        certainty="sure", evidence="", department=Text(department, department), by="",
        at=AT + timedelta(hours=hours),
    )  # fmt: skip


def _known(*answers: ToldAnswer) -> list[tuple[str, str, list[str]]]:
    packet = Packet("", answers, (), (), (), "", "", None, None, None)
    return [
        (one.last.question, one.last.answer.en, [other.answer.en for other in one.others])
        for one in packet.known
    ]


def test_each_question_stands_once_with_its_last_word() -> None:
    assert _known(
        _told("needs", "", "marketing"),
        _told("needs", "Fewer forms", "inside sales", hours=1),
        _told("needs", "Fewer forms", "field sales", hours=2),
        _told("state", "Faxes and sheets", "inside sales", hours=1),
        _told("state", "Faxes only", "field sales", hours=2),
    ) == [("needs", "Fewer forms", []), ("state", "Faxes only", ["Faxes and sheets"])]


def test_unknown_later_does_not_hide_what_was_known() -> None:
    assert _known(
        _told("needs", "Fewer forms", "inside sales", hours=1),
        _told("needs", "", "field sales", hours=2),
    ) == [("needs", "Fewer forms", [])]
    assert _known(_told("needs", "", "marketing")) == [("needs", "unknown", [])]
