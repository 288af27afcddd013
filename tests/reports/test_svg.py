"""Charts inside a page: text stays text, colours belong to the page, ids don't clash."""

import re
from dataclasses import replace

import pyarrow as pa
import pytest
from defusedxml import ElementTree

from kyogyo.analytics.charts import CHARTS
from kyogyo.analytics.charts.theme import COLOURS
from kyogyo.analytics.readable import Voice
from kyogyo.reports.svg import chart_svg

SVG = "{http://www.w3.org/2000/svg}"


def _svg(sample, result, *, chart, lang="en", key="k"):
    return chart_svg(
        chart=chart,
        result=result,
        voice=Voice(lang=lang, labels=sample.LABELS),
        width=680,
        key=key,
        title="Title & more",
        says="What it <says>",
    )


def _root(svg):
    # Inside HTML the namespace goes without saying; an XML parser wants it said.
    return ElementTree.fromstring(
        str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )


def test_svg_says_its_title_and_description(sample):
    svg = _svg(sample, sample.funnel(), chart="funnel_rates", key="abc")
    root = _root(svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "abc-t abc-d"
    title, description = list(root)[:2]
    assert (title.tag, title.get("id"), title.text) == (f"{SVG}title", "abc-t", "Title & more")
    assert (description.tag, description.get("id")) == (f"{SVG}desc", "abc-d")
    assert description.text == "What it <says>"


def test_japanese_text_stays_text(sample):
    svg = _svg(sample, sample.funnel(), chart="funnel_rates", lang="ja")
    texts = ["".join(each.itertext()) for each in _root(svg).iter(f"{SVG}text")]
    assert "リード → MQL" in texts
    assert "未確認" in texts
    assert not list(_root(svg).iter(f"{SVG}image"))


def test_a_name_in_the_data_is_text_and_never_an_element(sample):
    svg = _svg(sample, sample.by_source(), chart="segment_rates")
    texts = ["".join(each.itertext()) for each in _root(svg).iter(f"{SVG}text")]
    assert "<script>alert(1)</script>" in texts
    assert not [each for each in _root(svg).iter() if each.tag.endswith("script")]


def test_a_word_that_looks_like_a_colour_or_an_id_stays_a_word(sample):
    rows = [{"segment": '#24598f id="x', "n": 5, "k": 1, "rate": 0.2, "lo": 0.1, "hi": 0.4}]
    result = replace(sample.by_source(), table=pa.Table.from_pylist(rows))
    root = _root(_svg(sample, result, chart="segment_rates"))
    assert '#24598f id="x' in ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def test_ids_begin_with_the_key(sample):
    root = _root(_svg(sample, sample.incidence(), chart="cumulative_incidence", key="xyz"))
    assert {each.get("id", "xyz-")[:4] for each in root.iter()} == {"xyz-"}


@pytest.mark.parametrize("chart", sorted(CHARTS))
def test_every_colour_is_a_variable_of_the_page(sample, report, chart):
    [result] = [
        exhibit.result
        for section in report.sections
        for exhibit in section.exhibits
        if exhibit.chart == chart and exhibit.result.status == "ok"
    ] or [sample.candidates()]
    svg = _svg(sample, result, chart=chart)
    assert re.findall(r'="#[0-9a-fA-F]{3,8}"|rgb', svg) == []
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", svg))
    assert used <= set(COLOURS)
    assert "ink" in used or "muted" in used


def test_a_refused_result_has_no_chart(sample):
    assert _svg(sample, sample.refused(), chart="segment_rates") is None
