"""The home: the whole stream, its filter, how fresh it is, and what it says when there is nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from kyogyo.usecases.show_stream import kept, show
from kyogyo.web.stream import views
from tests.records.people import Company
from tests.web.stream.conftest import Copy

Open = Callable[..., Client]


def text_of(client: Client, path: str, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def rows_of(page: str) -> dict[str, list[str]]:
    """The table below the picture: the stage, and what its cells say."""
    body = page[page.index('id="one-table"') :]
    found = {}
    for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL):
        head = re.search(r'<th scope="row">(.*?)</th>', row, re.DOTALL)
        if head:
            cells = re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)
            found[_plain(head[1])] = [_plain(cell) for cell in cells]
    return found


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_who_is_not_signed_in_goes_to_the_sign_in(company: Company, copy: Copy) -> None:
    assert Client().get("/").status_code == 303


def test_table_has_the_numbers_counted_by_hand(flowing: Copy, signed_in: Open) -> None:
    rows = rows_of(text_of(signed_in("inside"), "/"))

    assert rows["Lead"][:2] == ["3", "5"]
    assert rows["Lead"][2] == "too few n=5"
    assert rows["Working (SAL)"][:2] == ["2", "2"]
    assert rows["Working (SAL)"][4] == "2"
    assert rows["Won"][0] == "unknown"
    assert rows["Marketing"][:2] == ["3", "5"]


@pytest.mark.parametrize(("lang", "words"), [("en", "In it now"), ("ja", "残高")])
def test_picture_is_heard_and_its_numbers_are_links(
    flowing: Copy, signed_in: Open, company: Company, lang: str, words: str
) -> None:
    company.users["inside"].lang = lang
    company.users["inside"].save()
    page = text_of(signed_in("inside"), "/")

    assert words in page
    assert len(re.findall(r'<svg class="river river-wide[^>]*role="group"', page)) == 1
    assert (
        page.count('href="/stream/balance-lead/?track=new_business"') == 3
    )  # lying, standing, table
    assert page.count('class="stretch hue-2 mine"') == 2


@pytest.mark.parametrize(
    ("query", "lead"),
    [("?source=web", ["1", "2"]), ("?source=event", ["2", "3"]), ("?segment=small", ["3", "5"]),
     ("?team=inside", ["0", "0"]), ("?period=month", ["3", "3"])],
)  # fmt: skip
def test_filter_stays_in_the_address_and_in_every_link(
    flowing: Copy, signed_in: Open, query: str, lead: list[str], company: Company
) -> None:
    from kyogyo.records.models import Membership, Role  # noqa: PLC0415 -- for this test only

    Membership.objects.create(
        user=company.users["outsider"], team=company.teams["inside"], role=Role.MEMBER
    )
    page = text_of(signed_in("revops"), f"/{query}")
    assert rows_of(page)["Lead"][:2] == lead
    links = set(re.findall(r'href="/stream/balance-lead/\?([^"]*)"', page))
    (link,) = links
    assert set(link.split("&amp;")) == {"track=new_business", query.removeprefix("?")}


def test_value_that_no_journey_has_stands_in_the_filter_all_the_same(
    flowing: Copy, signed_in: Open
) -> None:
    page = text_of(signed_in("revops"), "/?source=fair")
    assert '<option value="fair" selected>fair (0)</option>' in page
    assert "Nothing flowed here in this period." in page


def test_filter_by_what_is_not_there_is_said(flowing: Copy, signed_in: Open) -> None:
    response = signed_in("revops").get("/?track=nowhere")
    assert response.status_code == 422
    assert "nowhere" in response.content.decode()


def test_team_of_one_is_offered_to_nobody_else(flowing: Copy, signed_in: Open) -> None:
    offered = {
        name: re.findall(r'<option value="(\w+)"', page[page.index('name="team"') :].split("</select>")[0])
        for name in ("field", "manager", "viewer")
        if (page := text_of(signed_in(name), "/"))
    }  # fmt: skip
    assert offered["field"] == ["company", "revenue", "field"]
    assert offered["manager"] == ["company", "revenue", "inside", "field", "success"]
    assert offered["viewer"] == ["company", "revenue"]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_somebody_in_no_team_is_told_no_word_that_journeys_are_told_apart_by(
    flowing: Copy, signed_in: Open, company: Company, lang: str
) -> None:
    company.users["outsider"].lang = lang
    company.users["outsider"].save()
    told = (
        '"event"',
        '"web"',
        '"small"',
        "Revenue",
        'name="source"',
        'name="segment"',
        'name="team"',
    )
    forms = {
        who: page[page.index('<form class="stream-filter') :].split("</form>")[0]
        for who in ("outsider", "viewer")
        if (page := text_of(signed_in(who), "/"))
    }
    found = {who: [word for word in told if word in form] for who, form in forms.items()}
    assert found == {"outsider": [], "viewer": list(told)}
    # Of two tracks side by side nothing is said by source, not even that they are alike.
    beside = {who: text_of(signed_in(who), "/?beside=full_cycle") for who in ("outsider", "viewer")}
    alike = "are alike" if lang == "en" else "大きな差"
    assert (alike in beside["outsider"], "are alike" in beside["viewer"]) == (False, True)
    # Nor is it learnt by asking whether there is such a word.
    answers = [
        signed_in("outsider").get(f"{page}?{query}")
        for page in ("/", "/stream/entered-lead/", "/stream/fresh/")
        for query in ("source=web", "source=nowhere", "segment=small", "team=field")
    ]
    assert {one.status_code for one in answers} == {422}
    why = "you are in no team yet" if lang == "en" else "所属がまだないため"
    assert [why in one.content.decode() for one in answers] == [True] * len(answers)


def test_htmx_gets_the_river_alone(flowing: Copy, signed_in: Open) -> None:
    part = text_of(signed_in("inside"), "/", **{"HX-Request": "true"})
    assert part.lstrip().startswith('<div id="river"')
    assert "<html" not in part


def test_second_track_stands_beside_with_its_caveat(flowing: Copy, signed_in: Open) -> None:
    page = text_of(signed_in("inside"), "/?beside=full_cycle")
    assert page.count("river-wide") == 2
    assert "A difference is not yet an effect of dividing the work." in page


def test_step_that_is_not_named_is_said_in_words(flowing: Copy, signed_in: Open) -> None:
    page = text_of(signed_in("inside"), "/")
    assert "held-not_enough_history" in page
    assert "Not enough history to say which step holds revenue back." in page


# ------------------------------------------------------------------------------ nothing yet


def test_without_data_the_declared_stream_is_shown_and_what_to_do(
    copy: Copy, signed_in: Open
) -> None:
    page = text_of(signed_in("inside"), "/")
    assert "No journey has entered a stage yet" in page
    assert 'href="/journeys/new/"' in page
    assert "0: nothing has come back yet." in page
    assert "There is no copy yet." in page


def test_who_may_only_read_is_not_told_to_open_a_journey(copy: Copy, signed_in: Open) -> None:
    assert 'href="/journeys/new/"' not in text_of(signed_in("viewer"), "/")


def test_without_a_model_the_page_leads_to_the_set_up(
    copy: Copy, signed_in: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "speaking", lambda: SimpleNamespace(model=None))
    assert 'href="/setup/"' in text_of(signed_in("admin"), "/")


# ------------------------------------------------------------------------------ fresh


def test_what_is_not_counted_yet_says_so_and_comes_by_itself(
    flowing: Copy, signed_in: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in("inside")
    monkeypatch.setattr(show, "WAIT_S", 0.0)
    assert "Counting" in text_of(browser, "/")
    monkeypatch.setattr(show, "WAIT_S", 30.0)
    assert browser.get("/stream/fresh/?counting=1").headers["HX-Refresh"] == "true"


def test_unchanged_freshness_is_304_and_a_new_copy_is_told(
    flowing: Copy, signed_in: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_REST", 0.0)
    browser = signed_in("inside")
    stamp = re.search(r"have=([^\"]+)\"", text_of(browser, "/"))
    assert stamp is not None
    path = f"/stream/fresh/?have={stamp[1]}"
    first = browser.get(path)
    assert (first.status_code, "HX-Trigger" in first.headers) == (200, False)
    assert browser.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304

    flowing.key, flowing.behind = "second", 3
    then = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (then.status_code, then.headers["HX-Trigger"]) == (200, "stream-changed")
    assert "3 changes waiting" in then.content.decode()


def test_second_look_asks_the_database_for_nothing_that_was_counted(
    flowing: Copy, signed_in: Open, django_assert_max_num_queries: Callable
) -> None:
    browser = signed_in("inside")
    browser.get("/")
    with django_assert_max_num_queries(12):
        browser.get("/")


def test_people_who_may_choose_other_teams_share_one_count(
    flowing: Copy, signed_in: Open, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    count = show._count_page

    def counting(asked: object, teams: object) -> object:
        counted.append((asked, teams))
        return count(asked, teams)  # type: ignore[arg-type]

    monkeypatch.setattr(show, "_count_page", counting)
    pages = [text_of(signed_in(who), "/") for who in ("inside", "manager")]

    assert len(counted) == 1
    assert rows_of(pages[0])["Lead"] == rows_of(pages[1])["Lead"]
