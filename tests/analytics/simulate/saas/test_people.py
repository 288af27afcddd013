from __future__ import annotations

import numpy as np
import pytest

from kyogyo.analytics.simulate.saas.people import Role, make_people
from kyogyo.analytics.simulate.saas.profile import ROLES


def ints(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def role(*output: list[float], team: tuple[int, ...]) -> Role:
    """Output by month; people numbered from 11 on."""
    return Role(codes=10 + 1 + np.arange(len(team)), team=ints(*team), output=np.array(output))


def test_choose_draws_of_the_team_by_output() -> None:
    three = role([1.0, 3.0, 5.0], team=(0, 0, 1))

    chosen = three.choose(
        month=ints(0, 0, 0, 0), team=ints(0, 0, 0, 1), u=np.array([0.24, 0.26, 0.999, 0.0])
    )

    assert chosen.tolist() == [11, 12, 12, 13]


def test_choose_takes_anybody_where_the_team_is_away() -> None:
    two = role([0.0, 1.0], team=(0, 1))

    assert two.choose(month=ints(0), team=ints(0), u=np.array([0.5])).tolist() == [12]


def test_choose_after_the_last_month_is_as_in_it() -> None:
    two = role([1.0, 0.0], [0.0, 1.0], team=(0, 0))

    assert two.choose(month=ints(0, 9), team=ints(0, 0), u=np.array([0.5, 0.5])).tolist() == [
        11,
        12,
    ]


def test_staff_is_as_large_as_the_profile_says_in_the_last_month() -> None:
    people = make_people(seed=3, months=36, volume=1.0)

    for profile in ROLES:
        present = int((people.roles[profile.code].output[-1] > 0).sum())
        # Somebody may just have left, with nobody in the place yet.
        assert profile.size - 2 <= present <= profile.size


def test_staff_grows_joins_ramped_down_and_leaves() -> None:
    people = make_people(seed=3, months=36, volume=1.0)
    sales = people.roles["field_sales"]
    everybody = [person for person in people.everybody if person.role == "field_sales"]
    newcomers = [n for n, person in enumerate(everybody) if 0 < person.first < 30]

    strength = sales.strength(np.array([0, 35]))

    assert strength[0] < strength[1]
    assert any(person.last < 36 for person in everybody)
    for n in newcomers:
        first = everybody[n].first
        ramp = sales.output[first : first + 5, n] / sales.output[first : first + 5, n].max()
        assert np.all(np.diff(ramp[ramp > 0]) > 0)
        assert sales.output[first - 1, n] == 0


def test_effects_of_a_role_balance_over_what_its_people_do() -> None:
    people = make_people(seed=3, months=36, volume=1.0)

    for one in people.roles.values():
        done = one.output.sum(axis=0)
        assert done @ people.effect[one.codes] == pytest.approx(0.0, abs=1e-9 * done.sum())
    assert people.effect[0] == 0.0


def test_smallest_company_has_somebody_in_each_team() -> None:
    people = make_people(seed=1, months=2, volume=0.01)
    present = [person for person in people.everybody if person.first <= 0]

    for profile in ROLES:
        teams = {person.team for person in present if person.role == profile.code}
        assert teams == set(range(len(profile.teams)))
