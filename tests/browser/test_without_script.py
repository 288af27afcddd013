"""Everything works where no script runs: signing in, moving, accepting, returning, answering."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import PASSWORD, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(params=[("ja", 1440), ("en", 390)], ids=["ja-1440", "en-390"])
def plain(request: pytest.FixtureRequest, visit: Callable[..., Visit]) -> Visit:
    """A visit without script."""
    lang, width = request.param
    return visit(lang=lang, width=width, has_script=False)


def _signs_in(plain: Visit, who: str) -> Page:
    """By the form; each in a browser of their own."""
    plain.pages.pop("", None)
    page = plain.page("", "/desk/")
    mail = who if plain.lang == "en" else f"{who}-ja"
    page.locator('[name="login"]').fill(f"{mail}@example.com")
    page.locator('[name="password"]').fill(PASSWORD)
    page.locator("form[action*='login'] button[type='submit'], form .button-main").first.click()
    page.locator("h1", has_text=plain.t("My desk", "私の机")).wait_for()
    return page


def _is_told(page: Page, plain: Visit, en: str, ja: str) -> None:
    page.locator(".notice", has_text=plain.t(en, ja)).wait_for()


def test_journey_is_moved_and_answered(plain: Visit) -> None:
    t = plain.t
    page = _signs_in(plain, "marketer")
    page.goto(f"{plain.at.address}/journeys/{plain.found('plain')}/gate/?to=mql")
    plain.expected = {422}
    page.locator("#gate .buttons .button-main").first.click()
    page.locator("#gate .callout-alarm").wait_for()
    page.locator('[name="met:fit_and_interest"]').check()
    page.locator("#gate .buttons .button-main").first.click()
    _is_told(page, plain, "Moved.", "フェーズを移しました。")
    assert page.locator('.path-step[aria-current="step"]').inner_text().startswith("MQL")

    row = page.locator("#q-needs")
    row.locator("summary").click()
    row.locator('[name="answer"]').fill(t("A better desk", "机の改善"))
    row.get_by_role("button", name=t("Save", "保存")).click()
    page.locator("#q-needs td", has_text=t("A better desk", "机の改善")).first.wait_for()


def test_handoff_is_accepted_from_the_desk(plain: Visit) -> None:
    page = _signs_in(plain, "inside")
    place = page.locator(f"#place-{plain.found('plain_taken')}")
    place.get_by_role("button", name=plain.t("Accept", "受け入れる")).click()
    _is_told(page, plain, "Accepted.", "受け入れました。")
    assert page.locator("h1").inner_text() == plain.t("My desk", "私の机")


def test_handoff_is_returned(plain: Visit) -> None:
    t = plain.t
    page = _signs_in(plain, "field")
    page.goto(f"{plain.at.address}/handoffs/{plain.found('returnable_handoff')}/")
    page.locator("#return > summary").click()
    page.locator("#return label", has=page.locator('[value="no_need"]')).click()
    page.locator("#return textarea").fill(t("They need nothing", "ニーズがありません"))
    page.locator("#return button").click()
    _is_told(page, plain, "Returned.", "差し戻しました。")
    assert page.locator("q", has_text=t("They need nothing", "ニーズがありません")).count() >= 1


def test_visit_result_is_filed(plain: Visit) -> None:
    page = _signs_in(plain, "field")
    page.goto(f"{plain.at.address}/handoffs/{plain.found('reportable_handoff')}/result/")
    for code, verdict in (("needs", "confirm"), ("budget", "confirm"), ("authority", "correct")):
        page.locator(
            f'[data-card="{code}"] label', has=page.locator(f'[value="{verdict}"]')
        ).click()
    page.locator('[data-card="authority"] textarea').fill(plain.t("The CFO", "財務部長"))
    page.locator("label", has=page.locator("#d-accept")).click()
    for box in page.locator(".if-accept > .confirm-all").all():
        box.click()
    page.locator("label.chip-choice", has_text=plain.t("Proposal", "提案")).click()
    page.locator("label.chip-choice", has_text=plain.t("In a week", "1週間後")).click()
    page.locator(".send-bar button").click()
    _is_told(page, plain, "Filed.", "結果を報告しました。")
    state: Any = page.locator(".place-facts .badge").first.inner_text()
    assert state != plain.t("Awaiting a decision", "判断待ち")
