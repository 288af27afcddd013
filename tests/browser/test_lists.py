"""The board by dragging, the list with its filter, views and changes of many, and the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.conftest import Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page


def _drag(page: Page, card: Locator, to: Locator) -> None:
    box, there = card.bounding_box(), to.bounding_box()
    assert box is not None
    assert there is not None
    page.mouse.move(box["x"] + 60, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 60)
    to.locator("[data-gate]").wait_for(state="visible")
    page.mouse.move(there["x"] + 80, there["y"] + 120, steps=4)
    page.mouse.up()


def test_card_is_dragged_through_its_gate_and_the_move_undone(visit: Callable[..., Visit]) -> None:
    people = visit(lang="ja")
    page = people.page("marketer", "/board/?track=new_business")
    key = people.found("drag")
    card = page.locator(f'[data-card="{key}"]')
    card.scroll_into_view_if_needed()
    _drag(page, card, page.locator('section[data-stage="mql"]'))

    form = page.locator("#move form")
    form.wait_for()
    assert page.locator("#move-title").inner_text() == f"Drag {people.lang}"
    people.expected = {422}
    form.locator(".button-main").first.click()
    refused = page.locator("#move .callout-alarm")
    refused.wait_for()
    assert "適合度と関心度がともに基準に達した" in refused.inner_text()
    form.locator('[name="met:fit_and_interest"]').check()
    form.locator(".button-main").first.click()
    notice = page.locator(".notice", has_text="フェーズを移しました。")
    notice.wait_for()
    assert page.locator(f'section[data-stage="mql"] [data-card="{key}"]').count() == 1

    notice.get_by_role("button", name="元に戻す").click()
    page.locator(f'section[data-stage="lead"] [data-card="{key}"]').wait_for()


def test_list_is_filtered_kept_as_a_view_and_changed_with_a_look_ahead(people: Visit) -> None:
    t = people.t
    page = people.page("manager", "/journeys/")
    page.locator("details.more > summary", has_text=t("More conditions", "その他の条件")).click()
    page.locator("#f-source").select_option(f"Fair {people.lang}")
    page.get_by_role("button", name=t("Filter", "絞り込む"), exact=True).click()
    rows = page.locator(".list-table tbody tr")
    assert rows.count() == 3
    assert page.locator(".list-bar p").inner_text() == t("3 journeys", "3件")

    page.locator(".list-views summary").click()
    page.locator("#view-name").fill(t("From the fair", "展示会から"))
    page.locator(".list-views .form-line button").click()
    page.locator(".notice", has_text=t("Saved as", "として保存しました。")).wait_for()
    assert page.locator('.tabs [aria-current="page"]').inner_text() == t(
        "From the fair", "展示会から"
    )

    for box in page.locator('#many input[name="journey"]').all()[:2]:
        box.check()
    assert page.locator("[data-ticked]").inner_text() == t("2 ticked", "2件を選択中")
    page.get_by_role("button", name=t("Change the ticked", "選んだ案件を変更")).click()
    page.locator('input[value="campaign"]').check()
    page.locator('input[name="campaign"]').fill("Spring")
    page.get_by_role("button", name=t("See what would happen", "どうなるかを確認")).click()
    assert page.locator(".figures .figure b").all_inner_texts() == ["2", "0", "0"]
    page.get_by_role("button", name=t("Change 2 journeys", "2件を変更する")).click()
    page.locator(".notice", has_text=t("2 changed.", "2件を変更しました。")).wait_for()

    page.locator(".notice").get_by_role("button", name=t("Undo", "元に戻す")).click()
    page.locator(".notice", has_text=t("2 put back.", "2件を元に戻しました。")).wait_for()


def test_company_is_found_by_its_name_while_typing(others: Visit) -> None:
    page = others.page("manager", "/desk/")
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    page.locator("#q").fill("東芝")
    found = page.locator("#found-accounts").locator("xpath=../..").locator("li b")
    found.first.wait_for()
    assert sorted(text for text in found.all_inner_texts() if others.lang in text) == [
        f"㈱東芝 {others.lang}",
        f"株式会社東芝 {others.lang}",
    ]
    page.locator("#q").fill(f"㈱東芝 {others.lang}")
    page.wait_for_url("**q=*")
    found.first.click()
    page.locator("h1", has_text="東芝").wait_for()
