"""What is not yours looks exactly like what isn't there: on pages, by program, in lists and exports."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from kyogyo.config.live import is_signed_in
from kyogyo.records.actions.keys import make_api_key
from kyogyo.records.models import Journey, SavedView
from tests.records.people import make_account, make_journey
from tests.security.sent import OTHERS, body_of, query_of
from tests.security.world import NO_ROW, World, every_route

# What is tried and noticed is for everybody who works here; for who doesn't, it isn't there.
_EVERYBODYS = {"alert_id", "countermeasure_id", "review_id", "point_id"}
_TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")


def _said(answer: object, number: int) -> tuple[int, str]:
    """Status and words, without the number asked for and the form's token."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    # Both numbers in both: a small one may stand elsewhere on the page too.
    text = re.sub(rf"\b(?:{number}|{NO_ROW})\b", "#", _TOKEN.sub("", text))
    return answer.status_code, text  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", ["success", "outsider"])
def test_page_of_anothers_object_is_as_one_that_is_not_there(
    world: World, role: str, method: str
) -> None:
    told, statuses = {}, set()
    for route in every_route():
        if not route.names or route.pattern.startswith("sign-in/"):
            continue
        name = route.names[0]
        if name not in world.ids or (role == "success" and name in _EVERYBODYS):
            continue
        sent = (query_of if method == "GET" else body_of)(route.pattern, world)
        there, absent = (
            world.ask(role, method, route.path({**OTHERS, **world.ids, name: number}), sent)
            for number in (world.ids[name], NO_ROW)
        )
        first, second = _said(there, world.ids[name]), _said(absent, world.ids[name])
        statuses.add(first[0])
        if first != second:
            told[route.pattern] = (first[0], second[0])

    assert told == {}
    # 405: the other method; 403: the settings, closed whatever is asked for.
    assert statuses <= {403, 404, 405}


def test_operation_on_anothers_object_is_as_one_that_is_not_there(world: World) -> None:
    described = json.loads(world.ask("admin", "GET", "/api/v1/openapi.json").content)
    told = {}
    for path, operations in described["paths"].items():
        names = re.findall(r"{(\w+)}", path)
        if not names:
            continue
        role = "outsider" if names[0] in _EVERYBODYS else "success"
        for method in operations:
            answers = []
            for number in (world.ids[names[0]], NO_ROW):
                filled = path.format(**{**world.ids, names[0]: number})
                sent = {} if method == "get" else {"content_type": "application/json"}
                answer = world.ask(role, method, filled, _least(path, method), **sent)
                answers.append(_said(answer, world.ids[names[0]]))
            if answers[0] != answers[1] or answers[0][0] != 404:
                told[method, path] = answers

    assert told == {}


def _least(path: str, method: str) -> object:
    """The least that each operation takes."""
    if method == "get":
        return None
    return {
        "entries": {"stage": "mql"},
        "checks": {"criterion": "fit_and_interest"},
        "claims": {"question": "needs", "answer": "Speed"},
        "activities": {"kind": "note"},
        "return": {"reason": "no_fit"},
        "answer": {"kind": "seen"},
    }.get(path.rstrip("/").rpartition("/")[2], {})


@pytest.fixture
def mine(world: World) -> int:
    """A journey of customer success, who sees nothing of inside sales."""
    account = make_account(name="Nagi Foods")
    return make_journey(world.company, owner="success", stage="adopted", account=account).pk


def test_object_of_another_named_in_a_form_of_ones_own_is_not_there(
    world: World, mine: int
) -> None:
    """One's own address, and somebody else's entry, promise or account in it."""
    ids = world.ids
    own = Journey.objects.get(pk=mine).account_id
    asked = {
        f"/journeys/{mine}/undo/": {"entry_id": ids["entry_id"]},
        f"/journeys/{mine}/promises/{ids['promise_id']}/": {"kind": "met"},
        f"/accounts/{own}/merge/": {"with": ids["account_id"]},
        f"/api/v1/journeys/{mine}/entries/{ids['entry_id']}/undo/": {},
        f"/journeys/views/{ids['view_id']}/delete/": {},
        f"/settings/keys/{ids['key_id']}/revoke/": {},
    }
    statuses = {
        path: world.ask("success", "POST", path, sent).status_code for path, sent in asked.items()
    }

    assert {path: status for path, status in statuses.items() if status != 404} == {}


def test_list_search_export_and_interface_hold_only_what_is_ones_own(
    world: World, mine: int
) -> None:
    listed = world.ask("success", "GET", "/api/v1/journeys/", {"type": "all"}).json()
    accounts = world.ask("success", "GET", "/api/v1/accounts/").json()
    found = world.ask("success", "GET", "/search/", {"q": "Aozora"}).content.decode()
    boxes = world.ask("success", "GET", "/api/v1/handoffs/").json()
    sent = world.ask("success", "GET", "/journeys/export/", {"type": "all"})
    rows = list(csv.reader(io.StringIO(b"".join(sent.streaming_content).decode("utf-8-sig"))))

    assert [one["id"] for one in listed["journeys"]] == [mine]
    assert [one["name"] for one in accounts] == ["Nagi Foods"]
    assert found.count("Aozora Works") == 0
    assert {len(box) for box in boxes.values()} == {0}
    assert [row[0] for row in rows[1:]] == [str(mine)]


def test_change_of_many_leaves_out_what_is_not_ones_own(world: World, mine: int) -> None:
    both = f"{mine},{world.ids['journey_id']}"
    world.do("success", "POST", "/journeys/change/apply/",
             {"ids": both, "kind": "source", "source": "taken"})  # fmt: skip

    assert list(Journey.objects.filter(source="taken").values_list("pk", flat=True)) == [mine]


def test_view_of_another_is_neither_shown_nor_replaced(world: World) -> None:
    page = world.ask("success", "GET", "/journeys/").content.decode()
    world.do("success", "POST", "/journeys/views/", {"name": "Mine", "query": "owner=none"})

    assert page.count("quiet-word") == 0
    assert SavedView.objects.get(pk=world.ids["view_id"]).query == "campaign=quiet-word"


@pytest.mark.parametrize(
    "word", ["..", ".", "", "../..", "/", "A/../..", "imports.duckdb", "A" * 16, "..%2f", "x\x00y"]
)
def test_word_of_an_import_leads_nowhere_else(world: World, word: str) -> None:
    home = Path(django_settings.HOME)
    kept = home / "kyogyo.sqlite3"
    kept.write_text("the records")
    (home / "uploads").mkdir()

    assert world.ask("admin", "POST", "/settings/imports/start/", {"word": word}).status_code == 404
    assert kept.read_text() == "the records"


@pytest.mark.parametrize("role", ["inactive", "anonymous"])
def test_events_are_for_those_who_may_sign_in(world: World, role: str) -> None:
    assert is_signed_in(world.sessions.get(role, "")) is False
    assert is_signed_in(world.sessions["field"]) is True


def test_key_sees_what_its_person_sees_and_one_that_reads_changes_nothing(world: World) -> None:
    _, secret = make_api_key(actor=world.company.as_inside, name="reads", can_write=False)
    headers = {"Authorization": f"Bearer {secret}"}
    path = f"/api/v1/journeys/{world.ids['journey_id']}/"
    read = world.ask("anonymous", "GET", path, headers=headers)
    written = world.ask(
        "anonymous", "PATCH", path, {"title": "x"}, content_type="application/json", headers=headers
    )

    assert (read.status_code, written.status_code) == (200, 403)
