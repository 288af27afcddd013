"""People who do two jobs."""

from __future__ import annotations

import pytest
from small_history import LEAD, MEETING, Row, entry, small_history

from kyogyo.analytics.caveats.people import people_caveats
from kyogyo.analytics.funnel import open_funnel
from kyogyo.analytics.results import Caveat


def found(rows: list[Row], **attributes: dict[int, str]) -> list[Caveat]:
    history = small_history(rows, attributes=attributes)
    caveats = people_caveats(open_funnel(history, track="new"))
    for caveat in caveats:
        assert caveat.says.en != caveat.says.ja
        assert "" not in (caveat.says.en, caveat.says.ja)
    return caveats


def worked(owner: int, *, leads: int, meetings: int) -> list[Row]:
    """Visits that one person owned, by department."""
    return [
        entry(1000 * owner + i, LEAD if i < leads else MEETING, "2026-04-01", owner=owner,
              department=1 if i < leads else 2)
        for i in range(leads + meetings)
    ]  # fmt: skip


def team(*, both: int, leads: int = 20, meetings: int = 20, one_job: int = 4) -> list[Row]:
    rows = [row for owner in range(1, both + 1) for row in worked(owner, leads=leads, meetings=meetings)]  # fmt: skip
    return rows + [row for owner in range(101, 101 + one_job) for row in worked(owner, leads=20, meetings=0)]  # fmt: skip


def test_people_of_one_department_each_have_no_caveat() -> None:
    assert found(team(both=0)) == []
    assert found([entry(1, LEAD, "2026-04-01", owner=0, department=1)]) == []


@pytest.mark.parametrize(("both", "is_found"), [(2, False), (3, True)])
def test_owners_in_two_departments_are_told(both: int, is_found: bool) -> None:  # noqa: FBT001
    caveats = found(team(both=both))
    assert [c.code for c in caveats] == ["two_roles"] * is_found
    if is_found:
        (caveat,) = caveats
        assert (caveat.about, caveat.severity) == (("owner",), "note")
        assert caveat.evidence == {"in_both": 3, "people": 7}
        assert caveat.forbids == ("head_count_by_role:owner",)
        assert caveat.says.en.startswith("3 of 7 people appear in stages of two departments.")
        assert caveat.says.ja.startswith("7 人のうち 3 人が2 つの部門のフェーズに現れます。")


@pytest.mark.parametrize(("meetings", "is_found"), [(10, True), (9, False)])
def test_a_hand_over_is_no_second_job(meetings: int, is_found: bool) -> None:  # noqa: FBT001
    """At least ten visits, and a fifth of one's work."""
    assert bool(found(team(both=3, leads=40, meetings=meetings))) == is_found
    assert found(team(both=3, leads=41, meetings=10)) == []


def test_a_company_in_which_everybody_does_everything_isn_t_divided() -> None:
    assert found(team(both=5, one_job=1)) == []
    assert found(team(both=4, one_job=1)) != []


def persons(*names: str) -> dict[int, str]:
    return dict(enumerate(names, start=1))


ROWS = [entry(j, LEAD, "2026-04-01") for j in range(1, 9)]


def test_names_in_two_attributes_of_people_are_told() -> None:
    (caveat,) = found(ROWS, sdr=persons("a", "b", "c", "d"), sales_rep=persons("b", "c", "d", "e"))
    assert caveat.about == ("sdr", "sales_rep")
    assert caveat.evidence == {"in_both": 3, "people": 5}
    assert caveat.forbids == ("head_count_by_role:sdr", "head_count_by_role:sales_rep")
    assert caveat.says.en.startswith("3 of 5 people appear as sdr and as sales_rep.")


@pytest.mark.parametrize("name", ["owner_name", "SDR", "営業担当", "account-manager"])
def test_attributes_that_name_people_are_known_by_their_words(name: str) -> None:
    assert len(found(ROWS, rep=persons("a", "b", "c"), **{name: persons("a", "b", "c", "d")})) == 1


@pytest.mark.parametrize("name", ["report", "interest", "source", "製品"])
def test_other_attributes_aren_t_people(name: str) -> None:
    assert found(ROWS, rep=persons("a", "b", "c"), **{name: persons("a", "b", "c", "d")}) == []


def test_two_shared_names_may_be_chance_and_the_same_names_are_one_role_twice() -> None:
    assert found(ROWS, sdr=persons("a", "b", "c"), rep=persons("a", "b", "d")) == []
    assert found(ROWS, sdr=persons("a", "b", "c"), rep=persons("a", "b", "c")) == []
