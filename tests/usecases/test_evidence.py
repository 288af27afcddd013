"""Which evidence stands under the answer, and the words for the codes in it."""

from __future__ import annotations

from kyogyo.analytics.caveats import find_caveats
from kyogyo.analytics.funnel import open_funnel
from kyogyo.reports.contents import Section
from kyogyo.usecases.evidence import evidence_sections, group_attributes, labels_of
from kyogyo.usecases.report_funnel import report_funnel
from kyogyo.usecases.stream import stream_of
from tests.analytics.small_history import LEAD, MEETING, WON, entry, small_history, tokyo

DAY = 86_400_000_000
START = tokyo("2026-01-05 09:00")


def history_of(count: int = 60):  # type: ignore[no-untyped-def]
    rows = []
    for n in range(count):
        rows.append(entry(n + 1, LEAD, START + n * DAY))
        if n % 2 == 0:
            rows.append(entry(n + 1, MEETING, START + (n + 1) * DAY))
        if n % 4 == 0:
            rows.append(entry(n + 1, WON, START + (n + 5) * DAY, amount=1000))
    attributes = {
        "source": {n + 1: "web" if n % 3 else "event" for n in range(count)},
        "title": {n + 1: f"deal {n}" for n in range(count)},
        "team": {n + 1: "success" if n % 4 == 0 else "inside" for n in range(count)},
        "contract": {n + 1: "yearly" if n % 8 else "monthly" for n in range(0, count, 4)},
    }
    return small_history(rows, attributes=attributes, as_of="2026-12-31")


def sections(history) -> dict[str, Section]:  # type: ignore[no-untyped-def]
    report = report_funnel(history=history, made_at=history.as_of)
    return {section.id: section for section in report.sections}


def test_names_of_single_journeys_and_who_has_them_now_are_no_groups() -> None:
    assert group_attributes(history_of(), track="new") == ("source", "contract")


def test_sections_come_in_reading_order() -> None:
    assert list(sections(history_of())) == [
        "steps",
        "all-steps",
        "groups",
        "time",
        "stock",
        "moves",
        "money",
    ]


def test_attribute_known_only_of_the_won_is_counted_not_rated() -> None:
    exhibits = sections(history_of(120))["groups"].exhibits
    found = {e.result.question.rpartition(":")[2]: e.result.status for e in exhibits}

    assert found == {"source": "ok", "contract": "refused"}


def test_labels_give_the_words_of_the_company_for_every_step_of_a_track() -> None:
    labels = labels_of(history_of())

    assert labels["lead>won"].ja == "リード→受注"
    assert labels["(unknown)"].ja == "未確認"


def test_sections_of_a_history_without_a_step_are_none() -> None:
    funnel = open_funnel(small_history([entry(1, LEAD, START)]), track="new")

    from kyogyo.analytics.bottleneck import find_bottleneck  # noqa: PLC0415 -- slow import

    assert (
        evidence_sections(funnel, find_bottleneck(funnel), find_caveats(funnel), since_day=0) == ()
    )


def test_stream_counts_what_entered_and_what_is_inside() -> None:
    funnel = open_funnel(history_of(), track="new")

    found = {
        s.code: (s.measured, s.entered, s.balance)
        for s in stream_of(funnel, marked="lead", since_day=0)
    }

    assert found == {
        "lead": (True, 60, 30),
        "meeting": (True, 30, 15),
        "won": (True, 15, 15),
        "active": (False, 0, 0),
    }
    assert [s.code for s in stream_of(funnel, marked="lead", since_day=0) if s.marked] == ["lead"]
