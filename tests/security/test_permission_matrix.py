"""Every address x every role: what is declared in `matrix.py` is what is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.security.matrix import OPERATIONS, PAGES, SIGN_IN
from tests.security.sent import OTHERS, body_of, operation_body, query_of
from tests.security.world import ROLES, World, every_route

_SIGN_IN_ROLES = ("anonymous", "inside", "inactive")
Row = tuple[str, str]


def _declared(table: str) -> dict[Row, list[int]]:
    rows = [line.split() for line in table.strip().splitlines()]
    return {(method, path): [int(one) for one in found] for method, path, *found in rows}


def _pages() -> Iterator[tuple[Row, tuple[str, ...]]]:
    for route in every_route():
        roles = _SIGN_IN_ROLES if route.pattern.startswith("sign-in/") else ROLES
        for method in ("GET", "POST"):
            yield (method, f"/{route.pattern}"), roles


def _told(missing: dict[Row, list[int]]) -> str:
    rows = [
        f"{method:4} {path:51} {' '.join(map(str, found))}"
        for (method, path), found in missing.items()
    ]
    return "\n".join(["Judge each cell, then write into tests/security/matrix.py:", *rows])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_page_answers_each_role_as_declared(world: World, method: str) -> None:
    declared = _declared(PAGES) | _declared(SIGN_IN)
    ids, wrong = {**OTHERS, **world.ids}, {}
    routes = {f"/{route.pattern}": route for route in every_route()}
    for row, roles in _pages():
        if row[0] != method:
            continue
        route = routes[row[1]]
        sent = (query_of if method == "GET" else body_of)(route.pattern, world)
        found = [world.ask(role, method, route.path(ids), sent).status_code for role in roles]
        if declared.get(row) != found:
            wrong[row] = found

    assert wrong == {}, _told(wrong)
    assert [row for row in declared if row[1] not in routes] == []


def test_operation_answers_each_role_as_declared(world: World) -> None:
    declared, wrong = _declared(OPERATIONS), {}
    described = json.loads(world.ask("anonymous", "GET", "/api/v1/openapi.json").content)
    operations = [(m.upper(), path) for path, found in described["paths"].items() for m in found]
    for row in operations:
        sent = operation_body(*row, world)
        kind = {} if row[0] == "GET" else {"content_type": "application/json"}
        path = re.sub(r"{(\w+)}", lambda m: str(world.ids[m[1]]), row[1])
        found = [world.ask(role, row[0], path, sent, **kind).status_code for role in ROLES]
        if declared.get(row) != found:
            wrong[row] = found

    assert wrong == {}, _told(wrong)
    assert set(declared) == set(operations)
