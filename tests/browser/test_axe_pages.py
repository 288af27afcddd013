"""axe-core finds nothing on any page, full and empty, in both languages, widths and colour schemes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.browser.conftest import Served, Visit

pytest.importorskip("playwright")
from axe_playwright_python.base import AXE_FILE_PATH

if TYPE_CHECKING:
    from playwright.sync_api import Page

# name of the route, who opens it, its address with {ids of what lies there}
PAGES = (
    ("stream", "manager", "/"),
    ("stream", "viewer", "/?period=month"),
    ("stream-number", "manager", "/stream/balance-lead/"),
    ("desk", "inside", "/desk/"),
    ("desk", "field", "/desk/"),
    ("desk", "manager", "/desk/"),
    ("desk", "viewer", "/desk/"),
    ("board", "manager", "/board/"),
    ("board-move", "marketer", "/board/move/{plain}/"),
    ("journeys", "manager", "/journeys/?type=all"),
    ("journey-new", "marketer", "/journeys/new/"),
    ("journey", "inside", "/journeys/{talk}/"),
    ("journey", "field", "/journeys/{ended}/"),
    ("journey", "viewer", "/journeys/{overdue}/"),
    ("journey-fields", "inside", "/journeys/{talk}/fields/"),
    ("journey-gate", "marketer", "/journeys/{plain}/gate/?to=qualifying"),
    ("journey-gate", "inside", "/journeys/{talk}/gate/?to=recycled"),
    ("journey-gate", "inside", "/journeys/{talk}/gate/?to=working"),
    ("journey-offer", "inside", "/journeys/{overdue}/offer/"),
    ("journey-offer", "success", "/journeys/{customer}/offer/"),
    ("handoffs", "field", "/handoffs/"),
    ("handoffs", "inside", "/handoffs/?box=out"),
    ("handoff", "field", "/handoffs/{overdue_handoff}/"),
    ("handoff", "inside", "/handoffs/{overdue_handoff}/"),
    ("handoff-result", "field", "/handoffs/{overdue_handoff}/result/"),
    ("bottleneck", "manager", "/bottleneck/"),
    ("countermeasures", "manager", "/countermeasures/"),
    (
        "countermeasure-new",
        "manager",
        "/countermeasures/new/?track=new_business&node=conversion:mql",
    ),
    ("countermeasure", "manager", "/countermeasures/{countermeasure}/"),
    ("countermeasure", "viewer", "/countermeasures/{countermeasure}/"),
    ("library", "field", "/library/"),
    ("alerts", "manager", "/alerts/?show=all"),
    ("alert", "inside", "/alerts/{alert}/"),
    ("reviews", "manager", "/reviews/"),
    ("review", "manager", "/reviews/{review}/"),
    ("search", "manager", "/search/?q=en"),
    ("search", "manager", "/search/"),
    ("account", "manager", "/accounts/{account}/"),
    ("account-merge", "manager", "/accounts/{account}/merge/?with={twin}"),
    ("settings", "inside", "/settings/"),
    ("design", "admin", "/settings/design/"),
    ("keys", "inside", "/settings/keys/"),
    ("people", "admin", "/settings/people/"),
    ("person", "admin", "/settings/people/2/"),
    ("teams", "admin", "/settings/teams/"),
    ("team", "admin", "/settings/teams/2/"),
    ("fields", "admin", "/settings/fields/"),
    ("model", "admin", "/settings/model/"),
    ("model_version", "admin", "/settings/model/1/"),
    ("imports", "admin", "/settings/imports/"),
    ("numbers", "manager", "/settings/numbers/3/"),
    ("undo_import", "admin", "/settings/imports/{import}/undo/"),
    ("audit", "admin", "/settings/audit/"),
    ("account_login", "", "/sign-in/login/"),
    ("account_change_password", "inside", "/sign-in/password/change/"),
    ("account_logout", "inside", "/sign-in/logout/"),
    ("mfa_index", "inside", "/sign-in/2fa/"),
    ("usersessions_list", "inside", "/sign-in/sessions/"),
    ("a page that isn't there", "inside", "/nowhere/"),
    ("a page that isn't theirs", "inside", "/settings/people/"),
)
EMPTY = (
    ("stream", "manager", "/"),
    ("desk", "inside", "/desk/"),
    ("desk", "manager", "/desk/"),
    ("desk", "viewer", "/desk/"),
    ("board", "marketer", "/board/"),
    ("journeys", "marketer", "/journeys/"),
    ("handoffs", "field", "/handoffs/"),
    ("handoffs", "field", "/handoffs/?box=out"),
    ("bottleneck", "manager", "/bottleneck/"),
    ("countermeasures", "manager", "/countermeasures/"),
    ("library", "field", "/library/"),
    ("alerts", "inside", "/alerts/"),
    ("reviews", "field", "/reviews/"),
    ("search", "field", "/search/?q=nothing"),
    ("keys", "admin", "/settings/keys/"),
    ("fields", "admin", "/settings/fields/"),
    ("imports", "admin", "/settings/imports/"),
)
# Routes that show no page of their own, and why.
NO_PAGE = {
    "a part or an answer for programs": {
        "stream-fresh", "desk-queue", "board-gates", "journeys-export", "model_file", "import_verdicts", "live", "ready",
        "choose_language", "choose_appearance", "bottleneck-svg", "bottleneck-png", "countermeasure-svg",
        "countermeasure-png",
    },
    "only takes a form": {
        "desk-done", "journey-enter", "journey-criterion", "journey-answer", "journey-activity",
        "journey-next-step", "journey-assign", "journey-change", "journey-undo", "journey-reopen",
        "journey-promise", "journey-settle", "handoff-accept", "handoff-return", "handoff-need-work",
        "handoff-offer-again", "handoff-undo", "handoff-withdraw", "account-split", "revoke_key", "join_team",
        "password_link", "leave_team", "retire_field", "restore_field", "start_import", "go_on_with_import", "sign_in_as",
        "alert-answer", "take_factors_off", "countermeasure-start", "countermeasure-score", "countermeasure-change",
        "countermeasure-review", "countermeasure-reopen", "review-open", "review-close",
        "review-point-decide", "review-point-finish",
        "journeys-save-view", "journeys-forget-view", "journeys-change-apply", "journeys-change-undo",
    },
    "opened by a test of its own": {"setup", "journeys-change", "import_mapping"},
}  # fmt: skip
STRANGE = {"a page that isn't there": 404, "a page that isn't theirs": 403}


def _looks(pages: tuple[tuple[str, str, str], ...]) -> list[Any]:
    """Each page twice: in both languages, both widths and both schemes, the pairs changing from page to page."""
    looks = (
        (("ja", 1440, "dark"), ("en", 390, "light")),
        (("ja", 390, "dark"), ("en", 1440, "light")),
        (("ja", 1440, "light"), ("en", 390, "dark")),
        (("ja", 390, "light"), ("en", 1440, "dark")),
    )
    return [(page, look) for place, page in enumerate(pages) for look in looks[place % 4]]


_AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
# Only what is wrong comes back: the rest is much, and nobody reads it.
_RUN = """() => axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations.map(
  (each) => each.id + ': ' + each.nodes.slice(0, 3).map(
    (node) => node.html.slice(0, 160) + ' | ' + (node.failureSummary ?? '').slice(0, 200)).join(' || ')))"""


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it is, every part that can be opened opened."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    page.evaluate("document.getAnimations().forEach((each) => each.finish())")
    page.evaluate(_AXE)
    found: list[str] = page.evaluate(_RUN)
    return found


def _look_at_all(
    visit: Callable[..., Visit], at: Served, pages: tuple[tuple[str, str, str], ...]
) -> list[str]:
    visits: dict[Any, Visit] = {}
    wrong: list[str] = []
    for (name, who, address), look in _looks(pages):
        lang, width, scheme = look
        if (lang, width) not in visits:
            visits[lang, width] = visit(at=at, lang=lang, width=width)
        one = visits[lang, width]
        one.expected = {STRANGE[name]} if name in STRANGE else set()
        path = address.format(**at.found.get(lang, {}))
        page = one.turn(who, path, scheme=scheme)
        # The stream counts what it was never asked before; then it shows it by itself.
        page.locator('[hx-get*="counting"]').wait_for(state="detached")
        told = f"{name}: {who or 'nobody'} at {path} {lang} {width} {scheme}:"
        status = page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
        if status != STRANGE.get(name, 200):
            wrong.append(f"{told} answered {status}")
        wrong += [f"{told} {each}" for each in violations(page)]
        spoken = page.evaluate("document.documentElement.lang")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if spoken != lang:
            wrong.append(f"{told} lang={spoken}")
        if wide > width:
            wrong.append(f"{told} {wide} px wide")
    return wrong


def test_no_violation_on_any_page(visit: Callable[..., Visit], served: Served) -> None:
    assert "\n".join(_look_at_all(visit, served, PAGES)) == ""


def test_no_violation_on_the_first_day(visit: Callable[..., Visit], empty: Served) -> None:
    assert "\n".join(_look_at_all(visit, empty, EMPTY)) == ""


@pytest.mark.parametrize(("lang", "width", "scheme"), [("ja", 390, "dark"), ("en", 1440, "light")])
def test_no_violation_while_many_are_changed(
    visit: Callable[..., Visit], lang: str, width: int, scheme: str
) -> None:
    people = visit(lang=lang, width=width, scheme=scheme)
    page = people.page("manager", f"/journeys/?source=Fair+{lang}")
    for box in page.locator('#many input[name="journey"]').all():
        box.check()
    page.get_by_role("button", name=people.t("Change the ticked", "選んだ案件を変更")).click()
    page.locator(".change-what").wait_for()
    assert violations(page) == []
    page.locator('input[value="campaign"]').check()
    page.locator('input[name="campaign"]').fill("Spring")
    page.get_by_role("button", name=people.t("See what would happen", "どうなるかを確認")).click()
    page.locator(".figures").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize(("lang", "width", "scheme"), [("ja", 390, "dark"), ("en", 1440, "light")])
def test_no_violation_while_columns_are_mapped(
    visit: Callable[..., Visit], lang: str, width: int, scheme: str
) -> None:
    people = visit(lang=lang, width=width, scheme=scheme)
    page = people.page("admin", "/settings/imports/")
    table = "id,company,stage,created\n1,Acme,Lead,2026-01-05\n2,Beta,MQL,2026-01-06\n"
    page.locator("#f-files").set_input_files(
        {"name": "deals.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    page.locator("form:has(#f-files) button").click()
    page.locator('a[href*="/imports/mapping/"]').first.click()
    page.wait_for_url("**/imports/mapping/**")
    assert violations(page) == []


@pytest.mark.parametrize(("lang", "width", "scheme"), [("ja", 390, "light"), ("en", 1440, "dark")])
def test_no_violation_at_the_set_up(
    visit: Callable[..., Visit], new: Served, lang: str, width: int, scheme: str
) -> None:
    people = visit(at=new, lang=lang, width=width, scheme=scheme)
    page = people.page("", "/setup/")
    assert violations(page) == []
    people.expected = {422}
    page.locator("#f-name").fill("青木")
    page.locator("#f-email").fill("aoki@example.com")
    page.locator("#f-password").fill("seven quiet rivers")
    page.locator("#f-again").fill("eight quiet rivers")
    page.get_by_role("button", name=people.t("Set up", "設定を完了する")).click()
    page.locator(".callout-alarm").wait_for()
    assert violations(page) == []


def test_language_switches_what_the_page_says_it_speaks(visit: Callable[..., Visit]) -> None:
    people = visit(lang="en")
    page = people.page("outsider", "/search/")
    assert _spoken(page) == ("en", "Search")

    page.get_by_role("button", name="日本語").click()
    page.get_by_role("button", name="English").wait_for()
    assert _spoken(page) == ("ja", "検索")

    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="日本語").wait_for()
    assert _spoken(page) == ("en", "Search")


def _spoken(page: Page) -> tuple[str, str]:
    return page.evaluate("document.documentElement.lang"), page.locator("h1").inner_text()


def test_every_route_with_a_page_is_looked_at() -> None:
    ours = {name for name, module in _routes(get_resolver()) if module.startswith("kyogyo.web")}
    looked_at = {name for name, _, _ in PAGES}
    assert sorted(ours - looked_at - set().union(*NO_PAGE.values())) == []


def _routes(resolver: URLResolver) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _routes(one)
        elif isinstance(one, URLPattern) and one.name:
            module = getattr(one.callback, "__module__", "")
            if not re.match(r"^django\.views\.generic", module):
                yield one.name, module
