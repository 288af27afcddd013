"""The report's page in a real browser: no violation, no request, no overflow, whole on paper."""

from importlib.util import module_from_spec, spec_from_file_location
from io import BytesIO
from pathlib import Path

import pytest

from kyogyo.reports.html import render_html

pytest.importorskip("playwright")
from axe_playwright_python.sync_playwright import Axe


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The sample's page in both languages, as files."""
    path = Path(__file__).parent.parent / "reports" / "sample.py"
    spec = spec_from_file_location("sample_in_browser", path)
    sample = module_from_spec(spec)
    spec.loader.exec_module(sample)
    folder = tmp_path_factory.mktemp("report")
    written = {}
    for lang in ("en", "ja"):
        written[lang] = folder / f"{lang}.html"
        written[lang].write_text(
            render_html(report=sample.sample_report(), lang=lang), encoding="utf-8"
        )
    return written


@pytest.fixture
def opened(chromium, files):
    """Opens the page; at the end there was no message, no error, and one request: the file."""
    pages, troubles, requests = [], [], []

    def open_page(lang, *, width=1440, scheme="light"):
        page = chromium.new_page(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=True
        )
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(files[lang].as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert troubles == []
    assert len(requests) == len(pages)
    assert {url.rpartition("/")[2] for url in requests} <= {"en.html", "ja.html"}


@pytest.mark.parametrize(
    ("lang", "width", "scheme"),  # every pair of two of these meets once
    [("en", 1440, "light"), ("en", 390, "dark"), ("ja", 1440, "dark"), ("ja", 390, "light")],
)
def test_axe_finds_no_violation(opened, lang, width, scheme):
    page = opened(lang, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    told = [
        (each["id"], [node["html"][:120] for node in each["nodes"][:3]])
        for each in found.response["violations"]
    ]
    assert told == []


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_nothing_is_wider_than_the_page(opened, lang):
    page = opened(lang, width=320)
    wide = {}
    for width in (320, 390, 768, 1440):  # it has no script: made wider, it lies as if opened so
        page.set_viewport_size({"width": width, "height": 900})
        wide[width] = page.evaluate("document.documentElement.scrollWidth")
    assert wide == {width: width for width in wide}


@pytest.mark.parametrize(
    ("width", "shown", "hidden"), [(1440, "wide", "narrow"), (390, "narrow", "wide")]
)
def test_each_chart_is_shown_once_in_the_size_that_fits(opened, width, shown, hidden):
    page = opened("en", width=width)
    for name, seen in ((shown, True), (hidden, False)):
        charts = page.locator(f"figure .{name}")
        assert charts.count() == 15
        assert {charts.nth(place).is_visible() for place in range(15)} == {seen}


def test_japanese_words_of_charts_are_drawn_as_text(opened):
    page = opened("ja")
    label = page.locator("#conversion-2 .wide svg text", has_text="リード → MQL")
    assert label.count() == 1
    box = label.bounding_box()
    assert box["width"] > 60
    assert box["height"] > 8


def test_colours_of_charts_follow_light_and_dark(opened):
    painted = {}
    for scheme in ("light", "dark"):
        page = opened("en", scheme=scheme)
        word = page.locator("#conversion-2 .wide svg text", has_text="Lead → MQL")
        painted[scheme] = word.evaluate("each => getComputedStyle(each).fill")
    assert painted == {"light": "rgb(28, 36, 48)", "dark": "rgb(231, 234, 239)"}


def test_a_table_opens_by_the_keyboard(opened):
    page = opened("en")
    details = page.locator("#conversion-1 details")
    assert not details.locator("table").is_visible()
    details.locator("summary").focus()
    page.keyboard.press("Enter")
    assert details.locator("table").is_visible()
    first = details.locator("tbody tr").first.inner_text().split("\t")
    assert first == ["2025-07", "128", "49", "38.3%", "30.3% – 46.9%", "mature"]


def test_the_skip_link_is_first_and_leads_to_the_answer(opened):
    page = opened("en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#answer"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0


def test_on_paper_every_table_is_open_and_the_answer_is_on_one_page(opened):
    from pypdf import PdfReader  # noqa: PLC0415 -- only this test reads a PDF

    page = opened("en")
    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    texts = [each.extract_text() for each in printed.pages]
    assert "9 mature journeys; 30 are needed" in texts[0]  # the last row of the candidates
    whole = "\n".join(texts)
    # words that stand in tables only
    assert whole.count("forward") == 3
    assert whole.count("not yet mature") == 3
    assert whole.count("46.9%") == 1
    size = printed.pages[0].mediabox
    assert (round(size.width), round(size.height)) == (595, 842)


def test_on_paper_colours_are_those_of_light_even_for_a_dark_reader(opened):
    page = opened("en", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
