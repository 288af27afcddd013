"""An open page shows what others do without being loaded again, and keeps what somebody is writing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Page

_LOG = """async ([path, words]) => {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const body = new URLSearchParams({ kind: "note", words });
  const answer = await fetch(path, { method: "POST", body, headers: { "X-CSRFToken": token } });
  return answer.status;
}"""


def _log(page: Page, journey: int, words: str) -> None:
    assert page.evaluate(_LOG, [f"/journeys/{journey}/activity/", words]) == 200


def test_what_a_colleague_writes_appears_and_takes_nothing_from_whoever_is_writing(
    people: Visit,
) -> None:
    journey = people.found("taken")
    reader = people.page("inside")
    with reader.expect_response(lambda one: one.url.endswith("/events")):
        people.page("inside", f"/journeys/{journey}/")
    colleague = people.page("manager", f"/journeys/{journey}/")

    _log(colleague, journey, "They called back")
    reader.get_by_text("They called back").first.wait_for(timeout=6_000)

    # Somebody writes: the page stays as it is, though more happens.
    field = reader.locator("#journey textarea, #journey input[type=text]").first
    field.evaluate("one => { one.value = 'half a word'; }")
    _log(colleague, journey, "And once more")
    reader.evaluate("document.querySelector('[data-live]') && htmx.trigger('#journey', 'news')")
    reader.wait_for_timeout(500)
    assert field.input_value() == "half a word"
    assert reader.get_by_text("And once more").count() == 0
