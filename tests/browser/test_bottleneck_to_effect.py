"""From the hidden fault of the demo company to what was done about it, and whether that helped: as the manager sees it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from kyogyo.analytics.simulate import DEMO_FAULT
from kyogyo.revenue_model import default_model
from kyogyo.usecases.demo import improving_words as words
from kyogyo.words import Lang
from tests.browser.conftest import Served, Visit

# What the generator did where and when the countermeasure runs; see usecases/demo/experiment.py.
TRUE_CHANGE = 50
FAULT = f"conversion:{DEMO_FAULT.stage}"
BOTH = [
    pytest.param({"lang": "ja", "width": 1440}, id="ja-1440"),
    pytest.param({"lang": "en", "width": 390}, id="en-390"),
]


@pytest.fixture(params=BOTH)
def manager(request: pytest.FixtureRequest, visit: Callable[..., Visit], demo: Served) -> Visit:
    return visit(at=demo, **request.param)


def test_manager_comes_from_the_hidden_fault_to_the_effect_of_what_was_done(
    manager: Visit,
) -> None:
    t, lang = manager.t, manager.lang
    _the_page_names_the_fault(manager, "ja" if lang == "ja" else "en")
    _a_new_one_says_what_it_can_show(manager)

    page = manager.page("manager", "/bottleneck/")
    page.get_by_role("link", name=words.RUNNING.ja).first.click()
    assert page.locator("#verdict ~ .badge").inner_text() == t("Supported", "効果あり")
    lo, hi = _interval(page.locator(".verdict-says").inner_text())
    assert lo <= TRUE_CHANGE <= hi
    # One of the two drawings fits the width.
    assert [one.is_visible() for one in page.locator("figure.weeks svg").all()].count(True) == 1
    fidelity = page.locator("#fidelity")
    assert words.RUNNING_ACTS[2].does.ja in fidelity.locator("p").first.inner_text()
    assert page.locator(".callout b").first.inner_text() == t(
        "Keep it, and offer it to the next team.", "続け、次のチームにも広げましょう。"
    )

    done = fidelity.locator("tbody tr").nth(2).locator("td").nth(1)
    before = int(done.inner_text())
    page.locator("#sc-step").select_option(index=2)
    # Another team for each language: the same word on the same thing twice counts once.
    page.locator("#sc-team").select_option(index=0 if lang == "ja" else 1)
    fidelity.get_by_role("button", name=t("Done", "実施した"), exact=True).click()
    page.get_by_text(t("Recorded.", "記録しました。")).first.wait_for()
    assert int(done.inner_text()) == before + 1

    page.goto(f"{manager.at.address}/library/")
    tried = page.locator("tbody tr").filter(has_text=words.FINISHED.ja)
    assert tried.count() == 1
    assert t("Drop it", "やめる") in tried.inner_text()


def _the_page_names_the_fault(manager: Visit, lang: Lang) -> None:
    page = manager.page("manager", "/bottleneck/")
    answer = page.locator(".answer-says")
    # Found for the first time: the page waits, and comes by itself.
    answer.wait_for(timeout=45_000)
    assert default_model().stage(DEMO_FAULT.stage).label.text.say(lang) in answer.inner_text()


def _a_new_one_says_what_it_can_show(manager: Visit) -> None:
    page, t = manager.page("manager"), manager.t
    page.get_by_role("link", name=t("Start a countermeasure", "打ち手を始める")).click()
    assert page.locator("select[name=node]").input_value() == FAULT
    for number in range(1, 5):
        page.get_by_label(t(f"Field sales team {number}", f"フィールドセールス{number}課")).check()
    page.get_by_role("button", name=t("Show what it can tell", "何が分かるかを見る")).click()
    proposal = page.locator("#proposal")
    assert t("The lot has", "くじの結果は") in proposal.inner_text()
    assert proposal.locator("li").count() == 4
    page.go_back()


def _interval(says: str) -> tuple[int, int]:
    """The bounds in percent: '(90% interval: +8% to +112%)' or '（90%区間 +8%〜+112%）'."""
    found = re.search(r"90% ?(?:interval: |区間 )([+−]?\d+)% ?(?:to|〜) ?([+−]?\d+)%", says)
    assert found is not None, says
    lo, hi = (int(one.replace("−", "-")) for one in found.groups())
    return lo, hi
