"""What somebody types is never part of a statement."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from kyogyo.records.actions.views import save_view
from tests.security.world import World

SOURCE = Path(__file__).parents[2] / "src" / "kyogyo"
PAYLOADS = (
    "' OR 1=1 --",
    "') OR ('1'='1",
    '" OR ""="',
    "'; DROP TABLE records_journey; --",
    "1 UNION SELECT email FROM records_user",
    "%' OR name LIKE '%",
    "\\'; SELECT pg_sleep(5) --",
    "{0} %s %(x)s $1 ?",
    "*) OR rowid:*",
    "²",
    "9" * 5_000,
    "é\x00é",
)
TEXTS = ("track", "stage", "source", "campaign", "segment", "text")
READ = (
    "type", "owner", "team", "amount_from", "amount_to", "opened_from", "opened_to", "entered_from",
    "entered_to", "stalled", "next_step", "handoff", "sort", "after", "before", "page", "column",
    "cards", "at", "seen", "q", "noun", "action", "by", "since", "until", "kind", "with", "to",
    "period", "part", "beside", "have", "counting", "f.colour", "f.colour.from", "f.x') --",
    "f.colour__regex", "f.colour'] || 1", "account",
)  # fmt: skip
LISTS = (
    "/", "/board/", "/journeys/", "/journeys/export/", "/search/", "/settings/audit/",
    "/settings/people/", "/settings/keys/", "/settings/imports/", "/handoffs/", "/desk/queue/",
    "/stream/balance-lead/", "/journeys/new/", "/api/v1/journeys/", "/api/v1/accounts/",
)  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_list_takes_a_payload_for_words_that_nothing_has(world: World, payload: str) -> None:
    """Each place of the filter alone: none matches, and none opens the list to more than there is."""
    rows = {}
    for name in TEXTS:
        answer = world.ask("admin", "GET", "/api/v1/journeys/", {"type": "all", name: payload})
        rows[name] = answer.status_code, answer.json().get("journeys")

    # Words without a letter or digit narrow nothing; everything else is compared as it stands.
    assert rows == dict.fromkeys(TEXTS, (200, []))


@pytest.mark.parametrize("payload", PAYLOADS[:1] + PAYLOADS[-3:])
def test_no_place_of_an_address_makes_a_page_fail(world: World, payload: str) -> None:
    failed = [
        (path, name)
        for path in LISTS
        for name in _asked_of(path)
        if world.ask("admin", "GET", path, {name: payload}).status_code >= 500
    ]

    assert failed == []


def _asked_of(path: str) -> tuple[str, ...]:
    """All names where the list is filtered; elsewhere those that the page reads."""
    if path == "/api/v1/journeys/":
        return READ
    return {
        "/": ("period", "source", "segment", "team", "beside", "track"),
        "/board/": ("cards", "at", "track", "owner", "opened_to", "f.x') --"),
        "/journeys/": ("column", "before", "page"),
        "/journeys/export/": ("column", "kind", "team"),
        "/search/": ("q",),
        "/settings/audit/": ("noun", "action", "by", "since", "until", "page"),
        "/settings/people/": ("q", "kind", "page"),
        "/settings/keys/": ("page",),
        "/settings/imports/": ("page",),
        "/handoffs/": ("box", "seen"),
        "/desk/queue/": ("seen",),
        "/stream/balance-lead/": ("part", "page", "period"),
        "/journeys/new/": ("account", "name"),
        "/api/v1/accounts/": ("q",),
    }[path]


@pytest.mark.parametrize(
    ("name", "value"),
    [("opened_to", "9999-12-31"), ("opened_from", "0001-01-01"), ("entered_to", "9999-12-31"),
     ("after", "1~9999-12-31T23:59:59"), ("after", "1~0001-01-01"), ("amount_from", "1e400"),
     ("amount_to", "1e-400"), ("amount_from", "nan"), ("since", "0001-01-01"),
     ("until", "9999-12-31"), ("f.colour.to", "9" * 400)],
)  # fmt: skip
def test_ends_of_what_can_be_counted_make_no_page_fail(world: World, name: str, value: str) -> None:
    answers = [
        world.ask("admin", "GET", path, {name: value}).status_code
        for path in ("/journeys/", "/board/", "/settings/audit/", "/api/v1/journeys/")
    ]

    assert [status for status in answers if status >= 500] == []


def test_saved_view_is_data_when_it_is_opened(world: World) -> None:
    query = urlencode([("source", PAYLOADS[0]), ("sort", PAYLOADS[3]), ("f.x') --", "1")])
    save_view(actor=world.company.as_inside, name="A view", page="journeys", query=query)

    assert world.ask("inside", "GET", f"/journeys/?{query}").status_code in (200, 422)
    assert world.ask("inside", "GET", "/journeys/").status_code == 200


# --- the source -----------------------------------------------------------------------------------

_RUNS = {"execute", "executemany", "executescript", "raw", "extra", "RawSQL"}
# Who may hand a statement to the records' database that isn't written there word for word, and why.
BUILT = {
    "records/actions/intake/writing.py": "columns of our own models; the values are parameters",
    "records/guards.py": "triggers, by the names of our own tables",
    "records/prepared.py": "the text that Django made of a query set; the values are parameters",
    "records/sight.py": "constant statements of triggers, and what says whether they held",
    "records/migrations/0003_search_and_lists.py": "indexes, by the names of our own tables",
    "records/queries/choices.py": "one of three constant statements",
    "records/queries/search.py": "one of constant statements; the words are parameters",
}
# They work on a measuring copy of their own in DuckDB and never see what somebody typed as SQL:
# names come from the declared model, checked as codes, and values are parameters.
_COPIES = ("analytics/", "mirror/", "usecases/")


def test_statements_on_the_records_are_written_word_for_word() -> None:
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if not str(path.relative_to(SOURCE)).startswith(_COPIES)
        for call in _calls(path)
        if not (call.args and isinstance(call.args[0], ast.Constant))
    }

    assert found == set(BUILT)


def test_pages_and_interface_run_no_statement_of_their_own() -> None:
    found = [
        path.name
        for part in ("web", "api")
        for path in (SOURCE / part).rglob("*.py")
        if _calls(path)
    ]

    assert found == []


def _calls(path: Path) -> list[ast.Call]:
    tree: Any = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in _RUNS
    ]
