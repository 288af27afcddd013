"""The first run: from an installation that nobody knows to a desk that teaches."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Served, Visit


def test_first_run_ends_at_a_desk_that_says_how_to_begin(
    visit: Callable[..., Visit], new: Served
) -> None:
    people = visit(at=new, lang="ja", width=390)
    page = people.page("", "/desk/")
    assert page.url.endswith("/setup/")
    page.locator("#f-name").fill("青木 亜紀")
    page.locator("#f-email").fill("aoki@example.com")
    page.locator("#f-password").fill("seven quiet rivers")
    page.locator("#f-again").fill("seven quiet rivers")
    page.get_by_role("button", name="設定を完了する").click()

    page.locator(".notice", has_text="初期設定が完了しました。").wait_for()
    page.goto(f"{new.address}/desk/")
    assert page.locator("h1").inner_text() == "私の机"
    assert page.locator(".empty h2").first.inner_text() == "例外はありません"
    page.goto(f"{new.address}/journeys/")
    assert page.locator(".empty h2").inner_text() == "進行中の案件はまだありません"
    page.get_by_role("link", name="案件を作成").first.click()
    page.locator("#f-name").fill("株式会社はじめて")
    page.get_by_role("button", name="作成する").click()
    page.locator(".notice", has_text="案件を作成しました。").wait_for()
    page.goto(f"{new.address}/desk/")
    page.locator("[data-place]", has_text="株式会社はじめて").wait_for()
    people.expected = {404}
    page.goto(f"{new.address}/setup/")
    assert page.locator("h1").inner_text() == "見つかりません"
