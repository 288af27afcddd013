"""The handoff flow, the desk and the board by the keyboard alone: the mouse is never touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

FAR = 150


def reach(page: Page, what: Locator) -> None:
    """Tab until `what` has the focus, as somebody without a mouse does."""
    target = what.element_handle()
    for _ in range(FAR):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => wanted === document.activeElement", target):
            return
    msg = f"{what} is not reached by {FAR} presses of Tab."
    raise AssertionError(msg)


def walk_to(page: Page, journey: int) -> Locator:
    """`k` up to the top, then `j` until the place of a journey is in hand."""
    for key in ("k", "j"):
        for _ in range(40):
            page.keyboard.press(key)
            if page.evaluate("document.activeElement.id") == f"place-{journey}":
                return page.locator(f"#place-{journey}")
    msg = f"k and j never come to the place of journey {journey}."
    raise AssertionError(msg)


def test_desk_is_worked_through_by_its_keys(people: Visit) -> None:
    t = people.t
    page = people.page("inside", "/desk/")

    walk_to(page, people.found("taken"))
    page.keyboard.press("a")
    page.locator(".notice", has_text=t("Accepted.", "受け入れました。")).wait_for()

    place = walk_to(page, people.found("done"))
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.locator(".notice", has_text=t("Done: Call back", "対応済み：Call back")).wait_for()
    place.wait_for(state="detached")

    place = walk_to(page, people.found("later"))
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.name") == "text"
    page.keyboard.press("Control+a")
    page.keyboard.type(t("Ask for the date", "日程を確認する"))
    page.keyboard.press("Enter")
    place.wait_for(state="detached")
    page.keyboard.press("?")
    page.locator("#keys").wait_for()
    page.keyboard.press("Escape")

    walk_to(page, people.found("refused"))
    page.keyboard.press("r")
    page.wait_for_url("**/handoffs/*/#return")
    reason = page.locator('#return [value="bad_data"]')
    reach(page, page.locator("#return > summary"))
    if not page.locator("#return").evaluate("(each) => each.open"):
        page.keyboard.press("Enter")
    reach(page, page.locator('#return [type="radio"]').first)
    while not reason.is_checked():
        page.keyboard.press("ArrowDown")
    reach(page, page.locator("#return textarea"))
    page.keyboard.type(t("The number is wrong", "電話番号が違います"))
    reach(page, page.locator("#return button"))
    page.keyboard.press("Enter")
    page.locator(".notice", has_text=t("Returned.", "差し戻しました。")).wait_for()

    theirs = people.page("marketer", f"/handoffs/{people.found('refused_handoff')}/")
    assert theirs.locator("q", has_text=t("The number is wrong", "電話番号が違います")).count() >= 1


def test_handoff_is_offered_and_decided_by_keyboard(others: Visit) -> None:
    t = others.t
    page = others.page("inside", f"/journeys/{others.found('offerable')}/")
    offer = page.locator(".page-tools a.button-main")
    reach(page, offer)
    page.keyboard.press("Enter")
    page.locator("#o-why").wait_for()
    reach(page, page.locator("#o-why"))
    page.keyboard.type(t("The fair was last week", "先週の展示会で面談"))
    reach(page, page.locator("#o-to"))
    page.keyboard.type(t("Fumi", "藤田"))
    for box in page.locator('input[name^="unknown:"]').all():
        reach(page, box)
        page.keyboard.press("Space")
    reach(page, page.get_by_role("button", name=t("Offer", "提示する"), exact=True))
    page.keyboard.press("Enter")
    page.locator(".notice", has_text=t("Offered.", "提示しました。")).wait_for()
    handoff = page.url.split("?")[0].removeprefix(others.at.address)

    page = others.page("field", handoff)
    box = page.locator("#accept .confirm-all input")
    if box.count():
        reach(page, box.first)
        page.keyboard.press("Space")
    reach(page, page.locator("#accept > .button-main"))
    page.keyboard.press("Enter")
    page.locator(".notice", has_text=t("Accepted.", "受け入れました。")).wait_for()


def test_card_of_the_board_is_moved_by_keyboard(people: Visit) -> None:
    t = people.t
    page = people.page("marketer", "/board/?track=new_business&at=lead")
    card = page.locator(f'[data-card="{people.found("keys")}"]')
    reach(page, card.locator("[data-move]"))
    page.keyboard.press("Enter")
    to = page.locator('#move [data-gate-link][href*="to=mql"]')
    to.wait_for()
    if not page.evaluate("(each) => each === document.activeElement", to.element_handle()):
        reach(page, to)
    page.keyboard.press("Enter")
    criterion = page.locator('#move [name="met:fit_and_interest"]')
    criterion.wait_for()
    page.locator('#move [name="met:fit_and_interest"]:focus').wait_for()
    page.keyboard.press("Space")
    reach(page, page.locator("#move .buttons .button-main").first)
    page.keyboard.press("Enter")
    page.locator(".notice", has_text=t("Moved.", "フェーズを移しました。")).wait_for()
    moved = page.locator(f'section[data-stage="mql"] [data-card="{people.found("keys")}"]')
    assert moved.count() == 1
