"""Charts: what each draws from the columns it is promised, in both languages and both widths."""

import re
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
import vl_convert

from kyogyo.analytics import charts
from kyogyo.analytics.charts import CHARTS, READINGS, chart_title, draw
from kyogyo.analytics.charts.theme import COLOURS, money_axis, share_axis, time_unit
from kyogyo.analytics.readable import Voice
from kyogyo.analytics.results import Definition, Result
from kyogyo.words import Text

ANY = Text("any", "何か")
LABELS = {
    "mql": Text("Qualified", "見込み"),
    "sal": Text("Working", "対応中"),
    "won": Text("Won", "受注"),
    "lost": Text("Lost", "失注"),
}


@pytest.fixture(scope="session")
def sample():
    path = Path(__file__).parent.parent / "reports" / "sample.py"
    spec = spec_from_file_location("sample_for_charts", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def by_chart(sample):
    """A realistic result for each chart."""
    found = {"candidates": sample.candidates()}
    for section in sample.sections():
        for exhibit in section.exhibits:
            if exhibit.result.status == "ok":
                found[exhibit.chart] = exhibit.result
    return found


def _result(rows, *, unit="share", facts=None, status="ok", schema=None):
    return Result(
        question="q",
        definition=Definition(
            id="d", version=1, label=Text("Rate", "率"), basis="cohort", unit=unit,
            numerator=ANY, denominator=ANY, window=ANY, rules=ANY,
        ),
        as_of=0,
        n=1,
        table=pa.Table.from_pylist(rows, schema=schema),
        sentence=ANY,
        facts=facts or {},
        status=status,
    )  # fmt: skip


def _drawn(chart, result, *, lang="en", width=680, currency="JPY"):
    return draw(
        chart=chart, result=result, lang=lang, labels=LABELS, currency=currency, width=width
    )


def _svg(drawn):
    return vl_convert.vegalite_to_svg(drawn.to_dict(), vl_version="6.1")


def _texts(drawn):
    """The words that are seen, in the order in which they are drawn."""
    return [
        re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<text[^>]*>(.*?)</text>", _svg(drawn))
    ]


def _rows(drawn):
    """Every row in the chart's data."""
    found = []

    def walk(part):
        if isinstance(part, dict):
            found.extend(part.get("data", {}).get("values", []))
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(drawn.to_dict())
    return found


def test_every_chart_has_a_reading_and_its_columns_in_the_contract():
    assert sorted(READINGS) == sorted(CHARTS)
    rows = re.findall(r"^\| ([a-z_]+) +\|", charts.__doc__, flags=re.MULTILINE)
    assert sorted(each for each in rows if each != "chart") == sorted(CHARTS)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("chart", sorted(CHARTS))
def test_every_chart_is_valid_and_fits_both_widths(sample, by_chart, chart, lang):
    for width in (680, 340):
        drawn = draw(
            chart=chart, result=by_chart[chart], lang=lang, labels=sample.LABELS, width=width
        )
        svg = _svg(drawn)  # to_dict validates against the schema of Vega-Lite
        real = float(re.search(r'<svg[^>]* width="([\d.]+)"', svg)[1])
        assert width * 0.5 < real <= width + 12
        hexes = {each.lower() for each in re.findall(r"#[0-9a-fA-F]{6}", svg)}
        assert hexes <= set(COLOURS.values())


@pytest.mark.parametrize("chart", sorted(CHARTS))
def test_nothing_is_drawn_where_there_is_no_answer(by_chart, chart):
    table = by_chart[chart].table
    empty = _result([], schema=table.schema)
    short = _result(table.to_pylist(), status="not_enough_history", schema=table.schema)
    assert _drawn(chart, empty) is None
    assert _drawn(chart, short) is None


def test_an_unknown_chart_is_a_key_error():
    with pytest.raises(KeyError):
        _drawn("pie", _result([{"n": 1}]))


# ---- titles


def test_title_names_the_step_and_the_attribute():
    result = _result([], facts={"step": "mql>won", "attribute": "source"})
    assert (
        chart_title(result=result, voice=Voice(lang="ja", labels=LABELS))
        == "率: 見込み → 受注 · source"
    )
    assert chart_title(result=_result([]), voice=Voice(lang="en")) == "Rate"


def test_title_is_drawn_unless_the_page_has_its_own():
    rows = [{"step": "mql>won", "n": 10, "k": 5, "rate": 0.5, "lo": 0.2, "hi": 0.8}]
    drawn = draw(chart="funnel_rates", result=_result(rows), lang="en", labels=LABELS)
    assert "Rate" in _texts(drawn)
    untitled = draw(
        chart="funnel_rates", result=_result(rows), lang="en", labels=LABELS, titled=False
    )
    assert "Rate" not in _texts(untitled)


# ---- rates

RATES = [
    {"step": "mql>sal", "n": 8000, "k": 3000, "rate": 0.375, "lo": 0.364, "hi": 0.386},
    {"step": "sal>won", "n": 3, "k": 1, "rate": None, "lo": None, "hi": None},
]


def test_rates_say_value_and_n_and_an_unknown_rate_is_no_zero():
    texts = _texts(_drawn("funnel_rates", _result(RATES)))
    assert [each for each in texts if "n=" in each or each == "unknown"] == [
        "unknown",
        "37.5% · n=8,000",
        "n=3",
    ]
    marks = [row for row in _rows(_drawn("funnel_rates", _result(RATES))) if row.get("rate") == 0]
    assert marks == []


def test_rates_are_said_in_japanese():
    texts = _texts(_drawn("funnel_rates", _result(RATES), lang="ja"))
    assert [each for each in texts if "→" in each or each == "未確認"] == [
        "未確認",
        "見込み → 対応中",
        "対応中 → 受注",
    ]


def test_a_recycled_pass_is_told_apart_from_the_first():
    rows = [{**RATES[0], "group": "first"}, {**RATES[0], "group": "recycled"}]
    texts = _texts(_drawn("funnel_rates", _result(rows), width=340))
    labels = [each for each in texts if "→" in each]
    assert sorted(set(labels)) == ["Qualified → Working", "Qualified → Working · recycled"]


def test_a_segment_is_a_name_of_the_data_and_never_read_as_a_code():
    rows = [{**RATES[0], "segment": "a>b <script>"}, {**RATES[0], "segment": "(3 others)"}]
    texts = _texts(_drawn("segment_rates", _result(rows), lang="ja", width=340))
    assert "a&gt;b &lt;script&gt;" in texts
    assert "（他3件）" in texts


COHORTS = [
    {"cohort": "2026-01", "n": 100, "k": 40, "rate": 0.4, "lo": 0.31, "hi": 0.5, "mature": True},
    {"cohort": "2026-02", "n": 100, "k": 10, "rate": None, "lo": None, "hi": None, "mature": False},
]


def test_an_immature_cohort_is_hollow_and_drawn_at_least_at_what_it_reached():
    texts = _texts(_drawn("cohort_rates", _result(COHORTS)))
    assert "40.0%" in texts
    assert "≥ 10.0%" in texts
    assert "2026-02 n=100" in texts
    svg = _svg(_drawn("cohort_rates", _result(COHORTS)))
    assert svg.count('stroke-dasharray="3,2"') == 1
    assert svg.count('fill-opacity="0"') >= 1


def test_a_cohort_of_which_nothing_is_known_keeps_its_place():
    nothing = {**COHORTS[1], "cohort": "2025-12", "k": None, "mature": None}
    texts = _texts(_drawn("cohort_rates", _result([nothing, *COHORTS])))
    labels = [each for each in texts if "n=" in each]
    assert labels == ["2025-12 n=100", "2026-01 n=100", "2026-02 n=100"]
    assert "unknown" in texts
    narrow = _texts(_drawn("cohort_rates", _result([nothing, *COHORTS]), width=340))
    assert [each for each in narrow if "n=100" in each][-3:] == [
        "n=100",
        "40.0% · n=100",
        "≥ 10.0% · not yet mature · n=100",
    ]


def test_an_immature_cohort_is_said_in_words_on_a_narrow_page():
    texts = _texts(_drawn("cohort_rates", _result(COHORTS), lang="ja", width=340))
    assert "≥ 10.0% · 未成熟 · n=100" in texts


def test_a_cohort_of_nobody_is_unknown():
    empty = [*COHORTS[:1], {**COHORTS[1], "n": 0, "k": 0}]
    texts = _texts(_drawn("cohort_rates", _result(empty), width=340))
    assert "unknown" in texts
    assert "not yet mature · n=0" in texts


# ---- cumulative incidence, grid


def test_each_line_ends_with_its_name_and_value_apart_from_the_next():
    rows = [
        {
            "series": name,
            "days": float(day),
            "share": share * day,
            "lo": None,
            "hi": None,
            "at_risk": 9,
        }
        for name, share in (("won", 0.05), ("lost", 0.0502))
        for day in range(5)
    ]
    drawn = _drawn("cumulative_incidence", _result(rows))
    assert [each for each in _texts(drawn) if "%" in each and each[0].isalpha()] == [
        "Won 20.0%",
        "Lost 20.1%",
    ]
    heights = [
        layer["encoding"]["y"]["value"]
        for layer in drawn.to_dict()["layer"]
        if "value" in layer.get("encoding", {}).get("y", {})
    ]
    assert abs(heights[0] - heights[1]) >= 14


def test_lines_are_told_apart_by_dash_and_not_only_by_colour():
    rows = [
        {"series": name, "days": float(day), "share": 0.1 * day, "lo": 0.0, "hi": 0.5, "at_risk": 9}
        for name in ("won", "lost")
        for day in range(3)
    ]
    layers = _drawn("cumulative_incidence", _result(rows)).to_dict()["layer"]
    dashes = [layer["mark"]["strokeDash"] for layer in layers if layer["mark"]["type"] == "line"]
    assert dashes == [[1, 0], [6, 3]]


def test_grid_cells_hold_their_value_and_an_unseen_cell_is_empty():
    rows = [
        {"cohort": "2026-01", "n": 8, "age": 0, "share": 1.0},
        {"cohort": "2026-01", "n": 8, "age": 1, "share": 0.5},
        {"cohort": "2026-02", "n": 4, "age": 0, "share": 1.0},
        {"cohort": "2026-02", "n": 4, "age": 1, "share": None},
    ]
    drawn = _drawn("cohort_grid", _result(rows, facts={"age_unit": "quarter"}))
    cells = [
        (row["cohort"], row["age"], row["text"], row["fill"])
        for row in _rows(drawn)
        if "fill" in row
    ]
    assert cells[:4] == [
        ("2026-01 n=8", 0, "100", COLOURS["step-5"]),
        ("2026-01 n=8", 1, "50", COLOURS["step-1"]),
        ("2026-02 n=4", 0, "100", COLOURS["step-5"]),
        ("2026-02 n=4", 1, "", COLOURS["unseen"]),
    ]
    assert "quarters since the start" in _texts(drawn)


# ---- time, stock, moves


def test_time_in_stage_says_median_tail_and_what_is_unknown():
    rows = [
        {"stage": "mql", "n": 40, "still_open": 3, "median_s": 172_800.0, "p90_s": None, "expected_s": 86_400.0},
        {"stage": "sal", "n": 9, "still_open": 9, "median_s": None, "p90_s": None, "expected_s": None},
    ]  # fmt: skip
    drawn = _drawn("time_in_stage", _result(rows, unit="seconds"), lang="ja")
    assert [each for each in _texts(drawn) if "n=" in each or each == "未確認"] == [
        "未確認",
        "2.0日 · 90% 未確認 · n=40",
        "n=9",
    ]
    medians = [row["median"] for row in _rows(drawn) if row.get("median") is not None]
    assert set(medians) == {2.0}


def test_stock_flow_draws_departures_downwards_and_an_open_month_hollow():
    rows = [
        {"stage": "mql", "month": "2026-01", "arrivals": 10, "departures": 4, "balance": 6, "complete": True},
        {"stage": "mql", "month": "2026-02", "arrivals": 5, "departures": 1, "balance": 10, "complete": False},
    ]  # fmt: skip
    drawn = _drawn("stock_flow", _result(rows, unit="count"))
    moved = [
        {name: value for name, value in row.items() if name != "panel"} for row in _rows(drawn)
    ]
    assert moved == [
        {"month": "2026-01", "came": 10, "went": -4},
        {"month": "2026-02", "coming": 5, "going": -1},
        {"month": "2026-01", "inside": 6},
        {"month": "2026-02", "inside": 10, "last": 10, "text": "10"},
    ]
    assert _svg(drawn).count('stroke-dasharray="3,2"') == 2
    assert "10" in _texts(drawn)


def test_transitions_mark_moves_against_the_order_by_a_dashed_frame():
    rows = [
        {"from_stage": "mql", "to_stage": "sal", "n": 60, "share": 0.6, "direction": "forward"},
        {"from_stage": "mql", "to_stage": "lost", "n": 30, "share": 0.3, "direction": "exit"},
        {"from_stage": "sal", "to_stage": "mql", "n": 5, "share": None, "direction": "back"},
    ]
    drawn = _drawn("transitions", _result(rows))
    cells = {(row["from"], row["to"]): row for row in _rows(drawn) if "against" in row}
    assert {pair: (cell["lines"], cell["against"]) for pair, cell in cells.items()} == {
        ("mql", "sal"): (["60.0%", "n=60"], False),
        ("mql", "lost"): (["30.0%", "n=30"], False),
        ("sal", "mql"): (["–", "n=5"], True),
    }
    assert _svg(drawn).count('stroke-dasharray="3,2"') == 1
    narrow = _texts(_drawn("transitions", _result(rows), width=340))
    assert "back · n=5" in narrow


def test_many_stages_have_slanted_names_and_cells_without_n():
    codes = [f"stage_{place}" for place in range(14)]
    rows = [
        {"from_stage": a, "to_stage": b, "n": 50, "share": 0.5, "direction": "forward"}
        for a, b in pairwise(codes)
    ]
    drawn = _drawn("transitions", _result(rows))
    assert {tuple(row["lines"]) for row in _rows(drawn) if "against" in row} == {("50%",)}
    assert "stage_13" in _texts(drawn)


def test_a_month_within_chance_of_its_row_has_the_middle_colour():
    rates = [0.5, 0.5, 0.55, 0.45, 0.7, 0.3]
    rows = [
        {"step": "mql>won", "cohort": f"2026-0{place}", "n": 100, "rate": rate}
        for place, rate in enumerate(rates, 1)
    ]
    rows.append({"step": "mql>won", "cohort": "2026-07", "n": 100, "rate": None})
    drawn = _drawn("step_grid", _result(rows))
    # The average is 50%, its standard error 5 points: 55% is one away, 70% four.
    assert [(row["text"], row["fill"]) for row in _rows(drawn)] == [
        ("50", COLOURS["step-3"]),
        ("50", COLOURS["step-3"]),
        ("55", COLOURS["step-3"]),
        ("45", COLOURS["step-3"]),
        ("70", COLOURS["step-5"]),
        ("30", COLOURS["step-1"]),
        ("", COLOURS["unseen"]),
    ]


def test_a_row_that_is_always_everything_is_no_surprise():
    rows = [{"step": "mql>won", "cohort": "2026-01", "n": 9, "rate": 1.0}]
    assert [row["fill"] for row in _rows(_drawn("step_grid", _result(rows)))] == [COLOURS["step-3"]]


# ---- money

CANDIDATES = [
    {
        "step": "sal>won", "kind": "conversion", "n": 300, "current": 0.1, "reference": 0.14,
        "gap": 0.04, "cost_mid": 12e6, "cost_lo": 3e6, "cost_hi": 21e6, "p_top": 0.83,
        "status": "named", "why_en": "", "why_ja": "",
    },
    {
        "step": "mql>sal", "kind": "conversion", "n": 3, "current": None, "reference": None,
        "gap": None, "cost_mid": None, "cost_lo": None, "cost_hi": None, "p_top": None,
        "status": "not_enough_history", "why_en": "", "why_ja": "",
    },
]  # fmt: skip


def test_candidates_say_cost_chance_n_and_not_enough_history():
    texts = _texts(_drawn("candidates", _result(CANDIDATES), lang="ja"))
    assert [each for each in texts if "n=" in each or each == "履歴不足"] == [
        "履歴不足",
        "¥1,200万・最大の確率 83%・n=300",
        "n=3",
    ]


def test_candidates_without_amounts_are_in_wins():
    rows = [CANDIDATES[0] | {"cost_mid": 3.25, "cost_lo": 1.0, "cost_hi": 5.5}, CANDIDATES[1]]
    texts = _texts(_drawn("candidates", _result(rows, facts={"unit": "wins"})))
    assert "3.2 wins · largest: 83% · n=300" in texts
    assert "wins a month" in texts
    assert not any("¥" in each for each in texts)


def test_amounts_are_in_the_currency_and_the_words_of_the_language():
    rows = [{"segment": "won", "n": 2, "amount": 2_400_000, "share": None}]
    assert "$24k · n=2" in _texts(
        _drawn("segment_amounts", _result(rows, unit="money"), currency="USD")
    )
    assert "¥240万 · n=2" in _texts(
        _drawn("segment_amounts", _result(rows, unit="money"), lang="ja")
    )


def test_concentration_says_what_the_largest_tenth_carries():
    rows = [
        {
            "rank": place,
            "amount": 10,
            "account_share": place / 20,
            "value_share": min(place * 0.3, 1.0),
        }
        for place in range(1, 21)
    ]
    assert "the largest 10.0% carry 60.0%" in _texts(_drawn("concentration", _result(rows)))
    assert "上位10.0%で60.0%" in _texts(_drawn("concentration", _result(rows), lang="ja"))


def test_monthly_leaves_an_unknown_month_out_and_marks_an_open_one():
    rows = [
        {"series": "won", "month": "2026-01", "value": 3.0, "complete": True},
        {"series": "won", "month": "2026-02", "value": None, "complete": True},
        {"series": "won", "month": "2026-03", "value": 1.0, "complete": False},
    ]
    drawn = _drawn("monthly", _result(rows, unit="count"))
    hollow = [layer for layer in drawn.to_dict()["layer"] if layer["mark"]["type"] == "point"]
    assert [layer["data"]["values"] for layer in hollow] == [[rows[2]]]
    assert "1" in _texts(drawn)


# ---- axes


@pytest.mark.parametrize(
    ("top", "end", "form"),
    [
        (0.0, 0.01, ".1~%"),
        (0.048, 0.05, ".1~%"),
        (0.051, 0.1, ".0%"),
        (1.0, 1.0, ".0%"),
        (1.3, 1.3, ".0%"),
    ],
)
def test_share_axis_ends_at_the_next_round_share(top, end, form):
    assert share_axis([None, top]) == {"end": end, "format": form}


@pytest.mark.parametrize(
    ("value", "en", "ja"),
    [(0, "¥0", "¥0"), (-2_500_000, "−¥2.5M", "−¥250万"), (300_000_000, "¥300M", "¥3億")],
)
def test_money_axis_writes_sizes_of_the_language(value, en, ja):
    for lang, said in (("en", en), ("ja", ja)):
        spec = {
            "data": {"values": [{"v": value}]},
            "mark": "point",
            "encoding": {
                "x": {
                    "field": "v",
                    "type": "quantitative",
                    "axis": {"values": [value], "labelExpr": money_axis(Voice(lang=lang))},
                }
            },
        }
        svg = vl_convert.vegalite_to_svg(spec, vl_version="6.1")
        assert f">{said}<" in svg


@pytest.mark.parametrize(
    ("seconds", "size", "name"),
    [
        ([None], 60.0, "minutes"),
        ([7200.0, None], 3600.0, "hours"),
        ([60.0, 200_000.0], 86_400.0, "days"),
    ],
)
def test_time_unit_is_that_of_the_longest(seconds, size, name):
    unit, text = time_unit(seconds)
    assert (unit, text.en) == (size, name)


# ---- phases


def _phase_rows(*, teams=("東京", "Osaka"), starts=(3, 5), left_out=()):
    return [
        {
            "team": team,
            "week": f"2026-0{4 + (week > 3)}-{6 + week:02d}",
            "phase": "B1" if week >= start else "A1",
            "value": None if week in left_out else 0.4 if week >= start else 0.2,
            "level": 0.4 if week >= start else 0.2,
            "trend": 0.2 if week < start else None,
        }
        for team, start in zip(teams, starts, strict=True)
        for week in range(8)
    ]


def _segments(drawn):
    """The dashed lines of the stair: (x, y, x2, y2)."""
    layers = [
        layer for layer in drawn.to_dict()["layer"] if layer["mark"].get("strokeDash") == [5, 4]
    ]
    datasets = drawn.to_dict().get("datasets", {})
    [layer] = layers
    values = layer["data"].get("values") or datasets[layer["data"]["name"]]
    return [tuple(row[key] for key in ("x", "y", "x2", "y2")) for row in values]


def test_one_stair_runs_through_all_panels():
    lines = _segments(_drawn("phases", _result(_phase_rows())))
    first, second, across, down = lines
    assert first[0] == first[2] == across[0] < across[2] == second[0] == second[2] == down[0]
    assert first[3] == across[1] == across[3] == down[1]
    assert down[3] == second[1]


def test_teams_phases_levels_and_dates_are_said():
    texts = _texts(_drawn("phases", _result(_phase_rows()), lang="ja"))
    said = [each for each in texts if each in {"東京", "Osaka", "打ち手なし", "打ち手あり", "20.0%", "40.0%"}]  # fmt: skip
    assert sorted(set(said)) == sorted(
        {"東京", "Osaka", "打ち手なし", "打ち手あり", "20.0%", "40.0%"}
    )
    assert "04-06" in texts


def test_points_are_joined_only_within_a_phase_and_never_over_a_week_that_is_left_out():
    rows = _rows(_drawn("phases", _result(_phase_rows(teams=["T"], starts=[4], left_out=[2]))))
    joined = [row for row in rows if set(row) == {"x", "y", "x2", "y2"} and row["x"] != row["x2"]]
    levels = {0.2, 0.4}
    assert len(levels) == 2
    points = [row for row in rows if "phase" in row]
    assert [row["at"] for row in sorted(points, key=lambda row: row["at"])] == [0, 1, 3, 4, 5, 6, 7]
    neighbours = [row for row in joined if row["x2"] - row["x"] == pytest.approx(points[1]["x"] - points[0]["x"])]  # fmt: skip
    assert len(neighbours) == 4  # 0-1, 4-5, 5-6, 6-7


def test_a_team_that_stops_and_begins_again_has_a_line_at_each_change():
    rows = _phase_rows(teams=["T"], starts=[3])
    for row, phase in zip(rows, ["A1", "A1", "B1", "B1", "A2", "A2", "B2", "B2"], strict=True):
        row["phase"] = phase
    lines = _segments(_drawn("phases", _result(rows)))
    assert len(lines) == 3
    assert all(x == x2 for x, _, x2, _ in lines)


def test_counts_have_an_axis_of_their_own():
    rows = [{**row, "value": row["value"] * 100, "level": row["level"] * 100, "trend": None} for row in _phase_rows()]  # fmt: skip
    texts = _texts(_drawn("phases", _result(rows, unit="count")))
    assert "40" in texts
    assert [each for each in texts if "%" in each] == []
