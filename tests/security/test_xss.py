"""Words of people stay words: no payload in any field comes out as markup, a link that runs, or a formula."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from openpyxl import load_workbook

from tests.records.people import make_account, make_journey
from tests.security.payloads import ALL, MARK, PAYLOADS, SHORT, every_page
from tests.security.sent import OTHERS
from tests.security.world import World, every_route

_TAG = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_ADDRESS = re.compile(r"""\s(?:href|src|action|formaction|hx-(?:get|post|put|delete))=["']\s*(?:javascript:|vbscript:|data:(?!image/))""", re.I)  # fmt: skip


def _wrong(answer: HttpResponse) -> list[str]:
    """Where a payload is markup: inside a tag other than as a quoted value, or as a tag itself."""
    text = answer.content.decode()
    if MARK not in text:
        return []
    found = [tag for tag in _TAG.findall(text) if MARK in re.sub(r"\"[^\"]*\"|'[^']*'", "", tag)]
    found += [
        payload
        for payload in (*PAYLOADS, SHORT)
        if re.search(r"[<\"']", payload) and payload in text
    ]
    found += _ADDRESS.findall(text)
    found += [f"49{MARK}"] if f"49{MARK}" in text else []
    return found


@pytest.mark.parametrize(("role", "asked"), [("admin", "page"), ("inside", "part")])
def test_payload_comes_out_as_words_alone(filled: World, role: str, asked: str) -> None:
    headers = (
        {"HX-Request": "true", "HX-Current-URL": f"http://testserver/?x={ALL}"}
        if asked == "part"
        else {}
    )
    wrong, seen = {}, 0
    for path, query in every_page(filled):
        answer = filled.ask(role, "GET", path, query, headers=headers)
        if answer.status_code >= 500 or answer.streaming:
            wrong[path] = [str(answer.status_code)] if answer.status_code >= 500 else []
            continue
        seen += MARK in answer.content.decode()
        if "text/html" not in answer.headers.get("Content-Type", ""):
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        elif found := _wrong(answer):
            wrong[path] = found[:3]

    assert {path: found for path, found in wrong.items() if found} == {}
    assert seen > 20


def test_refused_form_shows_what_was_typed_as_words(filled: World) -> None:
    """Every form of every page, each of its fields a payload."""
    wrong, ids = {}, {**OTHERS, **filled.ids}
    names = ("name email kana domain segment person phone title source campaign amount text due_on words "
             "reason answer question evidence kind criterion stage to why_now override_reason buyer_words "
             "our_view revisit_on query code label_en label_ja choices noun lang team role parent department "
             "next login password token ids value owner batch with track decision met entry_id promise")  # fmt: skip
    for route in every_route():
        for sent in (
            dict.fromkeys(names.split(), ALL[:400]),
            {"name": ALL, "track": "new_business"},
        ):
            answer = filled.ask("admin", "POST", route.path(ids), sent)
            if answer.status_code >= 500:
                wrong[route.pattern] = [str(answer.status_code)]
            elif not answer.streaming and (found := _wrong(answer)):
                wrong[route.pattern] = found[:3]

    assert wrong == {}


# --- exports --------------------------------------------------------------------------------------

FORMULAS = (
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1",
    "＝1+1",
    "\x0b=1",
    "=\x00",
)


def _with_formulas(world: World) -> None:
    for text in FORMULAS:
        account = make_account(name=text.replace("\x00", ""))
        make_journey(world.company, owner="inside", account=account, title=text.replace("\x00", ""))


def test_export_as_csv_has_no_cell_that_runs(world: World) -> None:
    _with_formulas(world)
    answer = world.ask("inside", "GET", "/journeys/export/", {"type": "all"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    cells = [cell for row in rows[1:] for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))] == []
    assert sum(cell.startswith("'=cmd") for cell in cells) == 2


def test_export_as_workbook_has_no_formula_and_no_character_that_breaks_it(world: World) -> None:
    _with_formulas(world)
    answer = world.ask("inside", "GET", "/journeys/export/", {"type": "all", "kind": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active

    assert sheet is not None
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert answer.status_code == 200
    assert "f" not in kinds


# --- the source -----------------------------------------------------------------------------------

SOURCE = Path(__file__).parents[2] / "src" / "kyogyo"
_UNESCAPED = re.compile(r"\|\s*safe\b|mark_safe|SafeString\(|\bMarkup\(|autoescape\s+(?:off|false)|\{%-?\s*autoescape|format_html")  # fmt: skip
# Where markup is made by hand, and why no word of a person is in it unescaped.
ALLOWED = {
    "web/render.py": "the token's field, by Markup.format, which escapes",
    "web/formats.py": "<time>, by Markup.format, which escapes",
    "web/sign_in/tags.py": "a rendered template of ours; the token's field",
    "web/templates/accounts/account.html": "a day, as <time>",
    "web/templates/journeys/journey.html": "a constant attribute",
    "web/templates/parts/panels.html": "constant attributes",
    "web/templates/parts/tables.html": "a constant word",
    "reports/svg.py": "charts: the words in them are escaped when they are drawn",
    "usecases/draw_once.py": "a chart of reports/svg.py that was kept",
    "reports/html.py": "words that were escaped just before",
}


def test_markup_by_hand_is_made_in_few_places() -> None:
    found = {
        str(path.relative_to(SOURCE))
        for path in (*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"))
        if _UNESCAPED.search(path.read_text(encoding="utf-8"))
    }

    assert found == set(ALLOWED)


def test_no_template_holds_a_script_a_style_or_a_handler() -> None:
    found = [
        path.name
        for path in SOURCE.glob("web/**/*.html")
        if re.search(r"<style|\sstyle=|\son\w+=[\"']|<script(?![^>]*(?:\ssrc=|\stype=\"application/json\"))|hx-on|javascript:", path.read_text("utf-8"))
    ]  # fmt: skip

    assert found == []
