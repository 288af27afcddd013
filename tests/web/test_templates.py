"""Rules that hold for every template and static file, whoever writes it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

WEB = Path(__file__).parents[2] / "src" / "kyogyo" / "web"
PAGES = sorted((WEB / "templates").rglob("*.html"))
EVERY = sorted(WEB.rglob("*.html"))
VENDOR = WEB / "static" / "kyogyo" / "vendor"
JAPANESE = re.compile("[\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff]")

_FORM = re.compile(r"<form\b(?P<tag>[^>]*)>(?P<body>.*?)</form>", re.DOTALL)
_INLINE = re.compile(
    r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>|<style\b|\sstyle=|\son[a-z]+=|javascript:"
)


def _names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(WEB)) for path in paths]


@pytest.mark.parametrize("path", EVERY, ids=_names(EVERY))
def test_template_has_no_inline_script_or_style(path: Path) -> None:
    assert _INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", EVERY, ids=_names(EVERY))
def test_every_form_that_posts_holds_the_csrf_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    posting = [form for form in _FORM.finditer(text) if re.search(r"method=\"post\"", form["tag"])]
    without = [
        form["tag"]
        for form in posting
        if not re.search(r"csrf_input|\{% csrf_token %\}|slot body", form["body"])
    ]

    assert without == []


@pytest.mark.parametrize("path", PAGES, ids=_names(PAGES))
def test_every_text_of_a_page_is_there_in_both_languages(path: Path) -> None:
    tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    said = [call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") == "t"]
    wrong = [call.lineno for call in said if len(call.args) != 2 or not _is_pair(call.args)]

    assert wrong == []


def _is_pair(args: list[nodes.Expr]) -> bool:
    en, ja = args
    if not (isinstance(en, nodes.Const) and isinstance(ja, nodes.Const)):
        return True  # made from the company's own labels, which have both
    if not en.value or not ja.value:
        return bool(en.value or ja.value)  # a word before in one language, behind in the other
    return bool(JAPANESE.search(ja.value) or not re.search("[a-z]{4}", en.value))


@pytest.mark.parametrize("path", EVERY, ids=_names(EVERY))
def test_no_text_of_a_page_stands_outside_its_two_languages(path: Path) -> None:
    """Japanese in a template without its English would be there for one half of the people only."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL)
    bare = re.sub(r'<[^>]*lang="ja"[^>]*>[^<]*', "", bare)

    assert JAPANESE.findall(bare) == []


def test_vendored_files_are_those_of_the_manifest() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    listed = {name: digest for digest, name in (line.split() for line in lines)}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "SHA256SUMS"
    }

    assert found == listed


@pytest.mark.parametrize(
    "path", sorted((WEB / "static" / "kyogyo").glob("*.css")), ids=lambda p: p.name
)
def test_style_sheet_asks_no_other_server(path: Path) -> None:
    assert re.findall(r"@import|url\((?!data:)|https?:", path.read_text(encoding="utf-8")) == []
