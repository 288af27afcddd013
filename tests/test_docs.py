"""The documents say what the code does: definitions, caveats, commands, the library; and their links resolve."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from kyogyo.analytics.definitions import DEFINITIONS
from kyogyo.analytics.results import Definition
from kyogyo.cli.main import app
from kyogyo.notebook import Funnel
from kyogyo.period import date_of
from kyogyo.reports.phrases import BASES, PHRASES, UNITS
from tests.analytics.small_history import MODEL_TEXT, day

REPOSITORY = Path(__file__).parent.parent
DOCS = REPOSITORY / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *REPOSITORY.glob("*.md")])
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def page_of(definition: Definition) -> str:
    return text_of(DOCS / "metrics" / f"{definition.id}.md")


# ------------------------------------------------------------------------------ metrics

BY_ID = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.id)


@BY_ID
def test_metric_page_states_the_definition_in_both_languages(definition: Definition) -> None:
    english, _, japanese = page_of(definition).partition("\n## 日本語\n")
    told = {
        "numerator": definition.numerator,
        "denominator": definition.denominator,
        "window": definition.window,
        "basis": BASES[definition.basis],
        "unit": UNITS[definition.unit],
    }
    rows_en = [f"| {key} | {text.en} |" for key, text in told.items()]
    rows_ja = [f"| {PHRASES[key].ja} | {text.ja} |" for key, text in told.items()]
    title_en = [f"# {definition.label.en}\n", f"`{definition.id}`, version {definition.version} "]
    title_ja = [f"**{definition.label.ja}**（`{definition.id}`、版 {definition.version}）"]

    assert [line for line in (*title_en, *rows_en) if line not in english] == []
    assert [line for line in (*title_ja, *rows_ja) if line not in japanese] == []


@BY_ID
def test_metric_page_has_every_section_in_both_languages(definition: Definition) -> None:
    english, _, japanese = page_of(definition).partition("\n## 日本語\n")

    assert re.findall(r"^## (.+)$", english, re.MULTILINE) == [
        "Rules",
        "How sure",
        "How to read it",
        "The common wrong way",
        "Counted by hand",
    ]
    assert re.findall(r"^### (.+)$", japanese, re.MULTILINE) == [
        "規則",
        "確からしさ",
        "読み方",
        "よくある誤り",
        "手計算の例",
    ]


def test_every_metric_page_is_of_a_definition_and_in_the_index() -> None:
    ids = sorted(definition.id for definition in DEFINITIONS)
    index = text_of(DOCS / "metrics" / "README.md")

    assert sorted(p.stem for p in (DOCS / "metrics").glob("*.md") if p.stem != "README") == ids
    assert sorted(set(re.findall(r"\((\w+)\.md\)", index))) == ids
    assert sorted(set(re.findall(r"\((\w+)\.md#日本語\)", index))) == ids


# ------------------------------------------------------------------------------ caveats


@cache
def caveats_in_the_source() -> dict[str, str]:
    """Code and severity of every caveat that the source can make."""
    found = {}
    for path in sorted((REPOSITORY / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Caveat":
                named = {word.arg: word.value for word in node.keywords}
                code, severity = named["code"], named["severity"]
                assert isinstance(code, ast.Constant), f"{path.name}:{node.lineno}"
                assert isinstance(severity, ast.Constant), f"{path.name}:{node.lineno}"
                found[str(code.value)] = str(severity.value)
    return found


def test_caveats_are_found_in_the_source() -> None:
    assert caveats_in_the_source()["left_truncation"] == "limit"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_caveat_page_has_every_code_with_its_severity(lang: str) -> None:
    page = text_of(DOCS / ("caveats.md" if lang == "en" else "caveats.ja.md"))
    # The words of the page and of the report are the same in Japanese.
    words = {s: PHRASES[f"severity_{s}"].ja for s in ("refusal", "limit", "note")}
    wanted = {
        code: words[severity] if lang == "ja" else f"{severity.capitalize()}."
        for code, severity in caveats_in_the_source().items()
    }

    assert dict(re.findall(r"^### (\w+)\n\n\*(.+?)\*", page, re.MULTILINE)) == wanted


# ------------------------------------------------------------------------------ commands


def commands() -> dict[str, typer.core.TyperCommand]:
    """Every command of the program by its words, as 'model check'."""

    def below(command, words: tuple[str, ...]) -> Iterator[tuple[str, object]]:
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(inner, (*words, name))
        if not hasattr(command, "commands"):
            yield " ".join(words), command

    return dict(below(typer.main.get_command(app), ()))


BY_COMMAND = pytest.mark.parametrize("name", sorted(commands()))


@BY_COMMAND
def test_command_explains_itself_and_has_an_example(name: str) -> None:
    help_text = commands()[name].help or ""

    assert re.search(rf"^Example: kyogyo {name}\b", help_text, re.MULTILINE)
    assert re.search(r"[ぁ-ん]", help_text.split("\n")[0])
    for parameter in commands()[name].params:
        assert re.search(r"[ぁ-んァ-ヶ一-龠]", parameter.help or ""), parameter.name


@BY_COMMAND
def test_command_page_has_the_command_its_example_and_its_options(name: str) -> None:
    english, _, japanese = text_of(DOCS / "commands.md").partition("\n## 日本語\n")
    section = re.search(rf"^## kyogyo {name}\n(.*?)(?=^## |\Z)", english, re.MULTILINE | re.DOTALL)
    assert section is not None
    command = commands()[name]
    example = re.search(r"^Example: (.+)$", command.help or "", re.MULTILINE)
    assert example is not None
    options = [word for p in command.params for word in p.opts if word.startswith("--")]

    assert example[1].strip() in " ".join(section[1].split())
    assert f"`{example[1].strip()}`" in japanese
    assert [word for word in options if f"`{word}" not in section[1]] == []
    assert [word for word in options if f"`{word}" not in japanese] == []


def shell_lines() -> list[tuple[str, str]]:
    """Every line that runs kyogyo in a shell block of the documents, with its page."""
    found = []
    for path in PAGES:
        for kind, block in _FENCE.findall(text_of(path)):
            lines = block.splitlines() if kind == "sh" else []
            found += [(name_of(path), ln) for ln in lines if re.match(r"(\./)?kyogyo ", ln)]
    return found


@pytest.mark.parametrize(("page", "line"), shell_lines())
def test_command_lines_in_the_documents_exist(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    if words[0] == "test" and line.startswith("./"):
        return  # the starter's own
    command = commands().get(words[0]) or commands().get(" ".join(words[:2]))
    assert command is not None
    known = {word for parameter in command.params for word in parameter.opts}

    assert [word for word in words if word.startswith("--") and word not in known] == []


# ------------------------------------------------------------------------------ links


def anchors(path: Path) -> set[str]:
    """Where links into a page may lead, as GitHub names headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text_of(path)), re.MULTILINE)
    plain = [re.sub(r"\[(.+?)\]\(.+?\)", r"\1", heading).strip().lower() for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_to_a_heading_find_it(path: Path) -> None:
    """That the files are there is checked for all pages in test_repository.py."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", _FENCE.sub("", text_of(path))):
        file, _, anchor = unquote(target).partition("#")
        there = path.parent / file if file else path
        if there.suffix == ".md" and there.is_file() and anchor not in anchors(there):
            broken.append(target)

    assert broken == []


@pytest.mark.parametrize("path", [p for p in PAGES if p.name.endswith(".ja.md")], ids=name_of)
def test_page_and_its_japanese_twin_link_each_other(path: Path) -> None:
    twin = path.with_name(path.name.replace(".ja.md", ".md"))

    assert f"]({twin.name})" in text_of(path)
    assert f"]({path.name})" in text_of(twin)


# ------------------------------------------------------------------------------ the library


def test_library_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "company.toml").write_text(MODEL_TEXT + LIBRARY_SOURCE, encoding="utf-8")
    rows = ["id,lead,meeting,won,source"]
    for n in range(60):
        start = day("2025-10-01") + n
        meeting = date_of(start + 2) if n % 2 == 0 else ""
        won = date_of(start + 10) if n % 4 == 0 else ""
        rows.append(f"J{n},{date_of(start)},{meeting},{won},{'web' if n < 30 else 'event'}")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "journeys.csv").write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}

    for kind, block in _FENCE.findall(text_of(DOCS / "library.md")):
        # Drawing a whole report is slow, and has a test of its own in test_notebook.py.
        if kind == "python" and "save_report" not in block:
            exec(block, names)  # noqa: S102 -- the page's own code

    steps = names["funnel"].step_codes
    assert names["measured"].steps().table["k"].to_pylist() == [30]
    assert f"# {steps}" in text_of(DOCS / "library.md")
    assert f"# {names['funnel']!r}".replace("Small", "Example") in text_of(DOCS / "library.md")


LIBRARY_SOURCE = """
[[sources]]
name = "journeys"
file = "journeys.csv"
shape = "record"
columns = { journey = "id" }
stages = { lead = "lead", meeting = "meeting", won = "won" }
attributes = { source = "source" }
"""


def test_library_page_has_every_question() -> None:
    english, _, japanese = text_of(DOCS / "library.md").partition("\n## 日本語\n")
    questions = [
        name for name, value in vars(Funnel).items() if callable(value) and not name.startswith("_")
    ]

    assert "bottleneck" in questions
    assert [name for name in questions if f"{name}(" not in english] == []
    assert [name for name in questions if f"{name}(" not in japanese and name != "report"] == []
