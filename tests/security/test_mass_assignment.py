"""A form changes what it lists, and nothing else that somebody sends along."""

from __future__ import annotations

import json
import re
from typing import Any

from django.apps import apps

from tests.security.sent import OTHERS, body_of, operation_body
from tests.security.world import World, every_route, taken_back

MODELS = list(apps.get_app_config("records").get_models())
# Times and what is counted up differ between two runs of the same act.
_VARIES = re.compile(r"(_at|^at|^until|^since|^last_login|^digest|^prefix|^password)$")
# What each form lists beside what is sent anyway: these names are its own.
LISTED = {
    "": set(),
    "journeys/<int:journey_id>/": {"revision", "reason", "certainty", "evidence", "due_on", "to", "kind",
        "is_met", "is_unknown", "words", "is_two_way", "person_id", "track", "amount", "title", "text",
        "buyer_words", "our_view", "revisit_on", "override_reason", "question", "answer", "stage"},
    "handoffs/": {"words", "reason", "decision", "met", "override_reason", "due_on", "next_step", "answer"},
    "alerts/": {"kind", "words", "countermeasure"},
    "countermeasures/": {"title", "hypothesis", "why", "words", "decision", "score", "start", "step", "on",
        "team", "journey", "next_review_on"},
    "reviews/": {"decision", "words", "owner", "due_on", "track", "review"},
    "journeys/new/": {"kana", "domain", "segment", "person", "email", "phone", "amount", "title", "source",
        "campaign", "owner", "account", "track"},
    "journeys/views/": {"is_shared", "name", "query"},
    "journeys/change/": {"journey", "override_reason", "reason", "buyer_words", "our_view", "revisit_on", "source",
        "campaign", "due_on", "next_step", "stage", "owner", "team"},
    "settings/fields/": {"choices", "required_to_leave", "noun", "code", "label_en", "label_ja", "kind"},
    "settings/keys/": {"can_write", "name"},
    "settings/model/": {"text", "file"},
    "settings/people/": {"email", "name", "lang", "team", "role", "sight", "is_active"},
    "settings/teams/": {"code", "label_en", "label_ja", "department", "parent"},
    "settings/": {"name", "lang"},
}  # fmt: skip


def _fields() -> dict[str, str]:
    """Every column of every table, as a form would send it, with a value that would be seen."""
    found: dict[str, str] = {}
    for model in MODELS:
        for field in model._meta.concrete_fields:
            kind = field.get_internal_type()
            value = {"BooleanField": "1", "DateTimeField": "2001-01-01T00:00:00Z", "DateField": "2001-01-01",
                     "JSONField": '{"x": 1}'}.get(kind, "1")  # fmt: skip
            found[field.name] = found[field.attname] = value
    return {**found, "is_superuser": "1", "is_staff": "1", "role": "admin", "sight": "all",
            "stage": "won", "stage_type": "won", "department": "field_sales"}  # fmt: skip


def _listed(pattern: str) -> set[str]:
    for beginning in sorted(LISTED, key=len, reverse=True):
        if pattern.startswith(beginning):
            return LISTED[beginning]
    return set()


def _rows() -> dict[tuple[str, int], dict[str, Any]]:
    # Tables without an id are kept by triggers alone (`records.sight`).
    named = [model for model in MODELS if "id" in {one.name for one in model._meta.fields}]
    return {
        (model.__name__, row["id"]): row for model in named for row in model._base_manager.values()
    }


def _changes(world: World, path: str, sent: dict[str, Any], before: dict[Any, Any]) -> Any:
    """Status, and each column that differs after the request; new rows by their table and values."""
    with taken_back():
        status = world.do("admin", "POST", path, sent).status_code
        after = _rows()
    changed = []
    for key, row in after.items():
        if key[0] == "AuditEvent":
            continue
        old = before.get(key, {})
        for name, value in row.items():
            if not _VARIES.search(name) and name != "id" and old.get(name) != value:
                changed.append((key[0], key in before and key[1], name, str(value)))
    return status, sorted(changed, key=str)


def test_form_changes_nothing_that_it_does_not_list(world: World) -> None:
    ids, before, wrong, every = {**OTHERS, **world.ids}, _rows(), {}, _fields()
    done = 0
    for route in every_route():
        sent = body_of(route.pattern, world)
        if not sent or route.pattern.startswith(
            ("sign-in/", "settings/appearance", "settings/language")
        ):
            continue
        listed = _listed(route.pattern) | set(sent)
        more = {name: value for name, value in every.items() if name not in listed}
        plain = _changes(world, route.path(ids), sent, before)
        stuffed = _changes(world, route.path(ids), {**more, **sent}, before)
        done += plain[0] in (200, 303)
        if plain != stuffed:
            wrong[route.pattern] = (
                plain[0],
                stuffed[0],
                sorted(set(stuffed[1]) - set(plain[1]), key=str)[:5],
            )

    assert wrong == {}
    assert done > 20


def test_operation_refuses_each_column_that_it_does_not_list(world: World) -> None:
    described = json.loads(world.ask("anonymous", "GET", "/api/v1/openapi.json").content)
    taken, columns = {}, _fields()
    for path, operations in described["paths"].items():
        for method, said in operations.items():
            if method == "get":
                continue
            schema = (
                said["requestBody"]["content"]["application/json"]["schema"]
                if "requestBody" in said
                else {}
            )
            name = schema.get("$ref", "").rpartition("/")[2]
            listed = (
                set(described["components"]["schemas"][name]["properties"])
                if name
                else set(columns)
            )
            strict = (
                not name
                or described["components"]["schemas"][name]["additionalProperties"] is False
            )
            filled = path.format(**world.ids)
            sent = {
                **operation_body(method.upper(), path, world),
                "owner_id": 1,
                "recorded_at": "2001-01-01",
            }
            status = world.ask(
                "admin", method, filled, sent, content_type="application/json"
            ).status_code
            if name and (status != 422 or not strict or {"owner_id", "recorded_at", "id"} & listed):
                taken[method, path] = status

    assert taken == {}
