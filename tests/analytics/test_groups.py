"""A step by an attribute: which groups differ, and what mustn't be compared."""

from __future__ import annotations

import pytest
from scipy.stats import chi2_contingency
from small_history import Row, alike, changed_model, day, small_history

from kyogyo.analytics.funnel import Funnel, open_funnel
from kyogyo.analytics.groups import rates_by
from kyogyo.analytics.intervals import benjamini_hochberg, wilson
from kyogyo.analytics.results import Caveat
from kyogyo.words import Text

LEAD_30 = ('department = "marketing" },\n  { code = "meeting"', 'department = "marketing", horizon_days = 30 },\n  { code = "meeting"')  # fmt: skip
STEP = "lead>meeting"


def grouped(groups: dict[str, tuple[int, int]], *, as_of: str = "2026-12-31", more: list[Row] | None = None, **rest: object) -> Funnel:  # fmt: skip
    """Groups of (n, k): n leads on 1 April, of which k meet after 5 days. '' = without a value."""
    rows: list[Row] = list(more or [])
    source: dict[int, str] = {}
    first = 1
    for name, (n, k) in groups.items():
        rows += alike(first, k, "2026-04-01", {"lead": 0, "meeting": 5})
        rows += alike(first + k, n - k, "2026-04-01", {"lead": 0})
        if name:
            source |= dict.fromkeys(range(first, first + n), name)
        first += n
    history = small_history(
        rows, attributes={"source": source}, model=changed_model(LEAD_30), as_of=as_of, **rest
    )  # type: ignore[arg-type]
    return open_funnel(history, track="new")


def test_rates_by_group_with_intervals_and_q() -> None:
    result = rates_by(grouped({"web": (40, 10), "fair": (30, 20), "": (25, 5), "tiny": (3, 3)}), step=STEP, attribute="source")  # fmt: skip
    # Each against all other recorded ones, with the N-1 correction of the chi-square.
    p_web, p_fair = (n_minus_1_p(k, n, 33 - k, 73 - n) for k, n in ((10, 40), (20, 30)))
    q = benjamini_hochberg(p=[p_web, p_fair, float("nan"), float("nan")])
    rows = result.table.to_pylist()
    assert [(r["segment"], r["n"], r["k"], r["rate"]) for r in rows] == [
        ("web", 40, 10, 0.25),
        ("fair", 30, 20, 20 / 30),
        ("(unknown)", 25, 5, 0.2),
        ("tiny", 3, 3, 1.0),
    ]
    assert [(r["lo"], r["hi"]) for r in rows] == [
        pytest.approx(tuple(float(x) for x in wilson(successes=k, n=n)))
        for n, k in ((40, 10), (30, 20), (25, 5), (3, 3))
    ]
    assert [r["q"] for r in rows] == [pytest.approx(q[0]), pytest.approx(q[1]), None, None]
    assert (result.n, result.status) == (98, "ok")
    assert result.definition.id == "step_conversion_by_attribute"


def n_minus_1_p(k1: int, n1: int, k2: int, n2: int) -> float:
    """The chi-square test of two shares times (n - 1) / n, from scipy's plain one."""
    from scipy.stats import chi2  # noqa: PLC0415 -- for this function only

    plain = chi2_contingency([[k1, n1 - k1], [k2, n2 - k2]], correction=False).statistic
    n = n1 + n2
    return float(chi2.sf(plain * (n - 1) / n, 1))


def test_the_sentence_names_the_groups_that_differ() -> None:
    result = rates_by(grouped({"web": (40, 10), "fair": (30, 20), "": (25, 5)}), step=STEP, attribute="source")  # fmt: skip
    p = chi2_contingency([[10, 30], [20, 10]], correction=False).pvalue
    assert result.facts["p_no_difference"] == pytest.approx(p)
    assert result.sentence.en == (
        "Lead → Meeting by source, within 30 days: from 25.0% (web, n = 40) to 66.7% (fair, n = 30); the groups differ (p < 0.001)."
    )
    assert result.sentence.ja.startswith(
        "リード→商談（流入経路別、30 日以内に到達）：web の 25.0%（n = 40）から fair の 66.7%"
    )


def test_what_chance_explains_is_said_to_be_chance() -> None:
    result = rates_by(grouped({"web": (40, 10), "fair": (40, 12)}), step=STEP, attribute="source")
    p = chi2_contingency([[10, 30], [12, 28]], correction=False).pvalue
    assert result.sentence.en == (
        f"Lead → Meeting by source: no difference between the groups can be told from chance (p = {p:.2f})."
    )
    assert "偶然と区別できません" in result.sentence.ja


@pytest.mark.parametrize("unknown", ["", "unknown", "N/A", "不明", "other"])
def test_a_group_without_a_value_is_not_compared(unknown: str) -> None:
    """That would compare records, not journeys: the difference here is all between known and unknown."""
    result = rates_by(grouped({"web": (30, 15), "fair": (30, 15), unknown: (60, 1)}), step=STEP, attribute="source")  # fmt: skip
    assert result.facts["p_no_difference"] == 1.0
    assert "no difference" in result.sentence.en
    by_group = {r["segment"]: r["q"] for r in result.table.to_pylist()}
    assert by_group[unknown or "(unknown)"] is None
    assert by_group["web"] == 1.0


def test_fewer_than_two_large_groups_can_t_be_compared() -> None:
    result = rates_by(grouped({"web": (40, 10), "fair": (19, 19)}), step=STEP, attribute="source")
    assert result.facts["p_no_difference"] is None
    assert result.sentence.en == (
        "Lead → Meeting by source: fewer than two groups of 20 mature journeys, so nothing can be compared."
    )
    assert result.sentence.ja.endswith("2 つ未満のため、比較できません。")


@pytest.mark.parametrize("k", [0, 25])
def test_large_groups_with_equal_rates_don_t_differ(k: int) -> None:
    extra = alike(900, 1, "2026-04-01", {"lead": 0, "meeting": 60})
    result = rates_by(grouped({"web": (25, k), "fair": (25, k)}, more=extra), step=STEP, attribute="source")  # fmt: skip
    assert result.facts["p_no_difference"] == 1.0
    assert "no difference" in result.sentence.en


def test_one_large_group_between_small_ones_isn_t_compared_with_itself() -> None:
    """By the nearer limits the large group would be both the lowest and the highest."""
    result = rates_by(grouped({"low": (20, 2), "high": (20, 9), "large": (1000, 275)}), step=STEP, attribute="source")  # fmt: skip
    assert result.facts["p_no_difference"] < 0.05  # type: ignore[operator]
    assert "from 10.0% (low, n = 20) to 45.0% (high, n = 20)" in result.sentence.en


def test_a_small_group_doesn_t_win_by_luck() -> None:
    result = rates_by(grouped({"lucky": (20, 14), "large": (200, 130), "low": (200, 20)}), step=STEP, attribute="source")  # fmt: skip
    assert "to 65.0% (large, n = 200)" in result.sentence.en


def test_the_smallest_groups_are_put_together_and_nothing_is_lost() -> None:
    groups = {f"s{i:02d}": (30 - i, 10) for i in range(5)}
    result = rates_by(grouped(groups), step=STEP, attribute="source", top=3)
    assert [(r["segment"], r["n"], r["k"]) for r in result.table.to_pylist()] == [
        ("s00", 30, 10),
        ("s01", 29, 10),
        ("s02", 28, 10),
        ("(2 others)", 53, 20),
    ]
    assert result.table.to_pylist()[-1]["q"] is None


def test_only_mature_first_passes_count() -> None:
    young = alike(501, 50, "2026-06-01", {"lead": 0})
    second = [
        *alike(601, 5, "2026-04-01", {"lead": 0, "recycled": 1}, account=77),
        *alike(606, 5, "2026-04-20", {"lead": 0, "meeting": 1}, account=78),
    ]
    rows = [row | {"account": row["journey"] % 5 + 1} for row in second]
    result = rates_by(grouped({"web": (40, 10)}, more=[*young, *rows], as_of="2026-06-30"), step=STEP, attribute="source")  # fmt: skip
    assert [(r["segment"], r["n"], r["k"]) for r in result.table.to_pylist()] == [
        ("web", 40, 10),
        ("(unknown)", 5, 0),
    ]


def test_a_total_is_judged_from_the_day_on_which_it_is_clean() -> None:
    """Meetings are known from May on. The few wins can't show that, but a win that wasn't met isn't known either."""
    rows: list[Row] = []
    for i in range(120):
        known = {"meeting": i + 2} if i + 2 >= 40 else {}
        known |= {"won": i + 4} if known and i % 10 == 0 else {}
        rows += alike(3 * i + 1, 2, "2026-04-01", {"lead": i} | known)
        rows += alike(3 * i + 3, 1, "2026-04-01", {"lead": i})
    history = small_history(rows, attributes={"source": dict.fromkeys(range(1, 361), "web")}, model=changed_model(LEAD_30))  # fmt: skip
    funnel = open_funnel(history, track="new")
    assert set(funnel.clean_from()) == {"lead>meeting"}
    clean = funnel.totals["lead>won"].clean_from
    assert clean >= day("2026-04-01") + 40
    result = rates_by(funnel, step="lead>won", attribute="source")
    assert result.n == funnel.totals["lead>won"].clean().n


REFUSED = Caveat(
    code="known_only_of_success", severity="refusal", about=("source",), says=Text("Known too late.", "後から分かる属性。"),
    evidence={}, forbids=("rate_by:source:meeting",),
)  # fmt: skip


def test_a_forbidden_rate_is_refused_and_counts_are_given() -> None:
    result = rates_by(grouped({"web": (40, 10), "fair": (30, 20), "": (9, 2)}), step=STEP, attribute="source", refused=REFUSED)  # fmt: skip
    assert result.table.to_pylist() == [
        {"segment": "fair", "k": 20, "share": 20 / 32},
        {"segment": "web", "k": 10, "share": 10 / 32},
        {"segment": "(unknown)", "k": 2, "share": 2 / 32},
    ]
    assert (result.status, result.n, result.caveats) == ("refused", 32, (REFUSED,))
    assert result.definition.unit == "count"
    assert result.sentence.en.startswith("A rate by source is refused: Known too late.")
    assert result.sentence.ja.startswith("流入経路別の率は算出しません。後から分かる属性。")


def test_without_a_horizon_there_is_no_rate() -> None:
    history = small_history(alike(1, 5, "2026-04-01", {"lead": 0, "meeting": 1}), attributes={"source": {1: "web"}})  # fmt: skip
    result = rates_by(open_funnel(history, track="new"), step=STEP, attribute="source")
    assert (result.status, result.table.num_rows, result.n) == ("not_enough_history", 0, 0)
    assert "fewer than two groups" in result.sentence.en
