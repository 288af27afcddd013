"""Was it done: step by step, agreed or not, and what to do with it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kyogyo.analytics.agreement import agree
from kyogyo.analytics.fidelity import Marked, Step, advise, score_fidelity
from kyogyo.analytics.next_step import next_small_step
from kyogyo.words import Text

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "oracles" / "agreement.json").read_text(encoding="utf-8")
)
RECAP = Step("recap", Text(en="Recap within a day", ja="翌日までに議事メモ"), critical=True)
NEXT = Step("next", Text(en="Next date fixed", ja="次回日程の確定"))
UNIT = Text(en="recaps a week", ja="件／週")


def pairs_of(table: list[list[float]]) -> tuple[list[str], list[str]]:
    cells = [(a, b, int(table[i][j])) for i, a in enumerate("yn") for j, b in enumerate("yn")]
    rows = [(a, b) for a, b, n in cells for _ in range(n)]
    return [a for a, _ in rows], [b for _, b in rows]


def marks(step: str, text: str, *, observer: str = "", start: int = 0) -> list[Marked]:
    """'yn-': one occasion a letter."""
    names = {"y": "yes", "n": "no", "-": "not_applicable"}
    return [
        Marked(step, f"deal {start + i}", names[letter], observer) for i, letter in enumerate(text)
    ]


# ---- agreement


@pytest.mark.parametrize("name", ["high", "skewed"])
def test_agreement_matches_published_tables(name: str) -> None:
    oracle = ORACLE[name]
    first, second = pairs_of(oracle["table"])
    found = agree(first=first, second=second)
    assert (found.percent, found.kappa, found.ac1) == pytest.approx(
        (oracle["po"], oracle["kappa"], oracle["ac1"]), abs=1e-12
    )


def test_kappa_of_several_codes_matches_scikit_learn() -> None:
    oracle = ORACLE["unweighted"]
    found = agree(first=oracle["a"], second=oracle["b"])
    assert found.kappa == pytest.approx(oracle["kappa"], abs=1e-12)


def test_two_who_always_say_yes_agree_but_nothing_is_beyond_chance() -> None:
    found = agree(first=["y"] * 4, second=["y"] * 4)
    assert (found.percent, found.kappa, found.ac1) == (1.0, None, None)
    with pytest.raises(ValueError, match="can't be paired"):
        agree(first=["y"], second=[])


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=20))
def test_agreement_knows_no_order_and_no_names(rows: list[tuple[str, str]]) -> None:
    first, second = [a for a, _ in rows], [b for _, b in rows]
    one = agree(first=first, second=second)
    back = agree(first=second[::-1], second=first[::-1])
    named = agree(first=[a * 2 for a in first], second=[b * 2 for b in second])
    for other in (back, named):
        assert (one.n, one.percent) == (other.n, other.percent)
        assert (one.kappa is None, one.kappa) == (other.kappa is None, pytest.approx(other.kappa))


# ---- fidelity


def test_each_step_comes_first_and_not_applicable_counts_for_nothing() -> None:
    """recap: 3 of 4, one n/a. next: 2 of 5. All: 5 of 9. Whole: deals 0 and 4 of 5."""
    given_marks = [*marks("recap", "yyny-"), *marks("next", "ynnny")]
    found = score_fidelity(steps=[RECAP, NEXT], marks=given_marks)

    assert [(each.done, each.missed, each.not_applicable) for each in found.steps] == [
        (3, 1, 1),
        (2, 3, 0),
    ]
    assert [each.share for each in found.steps] == [0.75, 0.4]
    assert (found.share, found.whole, found.occasions) == (5 / 9, 0.4, 5)
    assert (found.weakest, found.level) == (NEXT, "low")
    assert found.sentence == Text(
        en="Done as written in 56% of what applied. Most often missed: “Next date fixed” (done 2 of 5 times).",
        ja="該当する手順のうち56%が書いてある通りに実施されました。最も抜けやすい手順は「次回日程の確定」です（5回中2回実施）。",
    )


def test_a_critical_step_that_is_missed_is_not_hidden_by_the_others() -> None:
    found = score_fidelity(
        steps=[RECAP, NEXT], marks=[*marks("recap", "ynnn"), *marks("next", "y" * 30)]
    )
    assert found.share > 0.9 > 0.8
    assert found.level == "low"
    assert score_fidelity(steps=[NEXT], marks=marks("next", "yyyyyn")).level == "high"


def test_what_nobody_marked_is_unknown() -> None:
    found = score_fidelity(steps=[RECAP], marks=[])
    assert (found.share, found.whole, found.level, found.weakest) == (None, None, "unknown", None)
    few = score_fidelity(steps=[RECAP], marks=marks("recap", "yy-"))
    assert (few.share, few.level) == (1.0, "unknown")


def test_a_step_two_people_can_not_agree_on_is_a_defect_of_the_step() -> None:
    mine = marks("recap", "yyyyyynnnnnn", observer="a")
    yours = marks("recap", "yyynnnyyynnn", observer="b")
    found = score_fidelity(steps=[RECAP], marks=[*mine, *yours]).steps[0]
    assert (found.agreement.n, found.agreement.percent, found.agreement.kappa) == (12, 0.5, 0.0)
    assert "Rewrite the criterion; nobody did anything wrong." in found.defect.en
    assert "直すのは基準で、人ではありません" in found.defect.ja
    assert (found.done, found.missed) == (6, 6)  # the first mark of each counts


def test_agreement_where_nearly_all_is_a_yes_is_no_defect() -> None:
    """Kappa is 0.32 here, but 85 % agree and AC1 is 0.81."""
    first, second = pairs_of(ORACLE["skewed"]["table"])
    mine, yours = (marks("recap", "".join(x), observer=who) for x, who in ((first, "a"), (second, "b")))  # fmt: skip
    assert score_fidelity(steps=[RECAP], marks=[*mine, *yours]).steps[0].defect is None


def test_few_pairs_are_too_early_to_call_a_defect() -> None:
    mine, yours = marks("recap", "yyyy", observer="a"), marks("recap", "nnnn", observer="b")
    found = score_fidelity(steps=[RECAP], marks=[*mine, *yours]).steps[0]
    assert (found.agreement.percent, found.defect) == (0.0, None)


def test_a_mark_of_an_unknown_step_or_twice_by_one_person_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        score_fidelity(steps=[RECAP], marks=marks("else", "y"))
    with pytest.raises(ValueError, match="twice"):
        score_fidelity(steps=[RECAP], marks=[*marks("recap", "y"), *marks("recap", "n")])


@pytest.mark.parametrize(
    ("fidelity", "outcome", "code"),
    [
        ("high", "supported", "keep"),
        ("high", "not_supported", "fix_playbook"),
        ("low", "supported", "luck"),
        ("low", "not_supported", "coach"),
        ("low", "cannot_tell", "coach"),
        ("high", "cannot_tell", "wait"),
        ("unknown", "supported", "look"),
        ("unknown", "not_supported", "wait"),
        ("unknown", "cannot_tell", "wait"),
    ],
)
def test_fidelity_and_outcome_together_give_the_advice(
    fidelity: Any, outcome: Any, code: str
) -> None:
    advice = advise(fidelity=fidelity, outcome=outcome)
    assert advice.code == code
    assert advice.says.en
    assert advice.because.ja


def test_nothing_is_kept_while_its_guard_falls() -> None:
    assert advise(fidelity="high", outcome="supported", guard_worse=True).code == "look"


# ---- the next small step


def test_the_next_step_was_done_in_a_third_of_the_last_weeks() -> None:
    found = next_small_step(recent=[99, 99, 2, 3, 3, 4, 4, 4, 5, 5, 6, 7], unit=UNIT)
    assert (found.status, found.goal, found.usual, found.met, found.weeks) == ("goal", 5.0, 4.0, 4, 10)  # fmt: skip
    assert found.sentence.en == "Next small step: 5 recaps a week. Done in 4 of the last 10 weeks; a usual week is 4."  # fmt: skip


def test_where_less_is_better_the_step_goes_down() -> None:
    found = next_small_step(recent=[9, 8, 8, 7, 7, 6], unit=UNIT, improvement="down")
    assert (found.goal, found.usual, found.met) == (7.0, 7.5, 3)


def test_a_best_that_is_met_every_week_is_kept() -> None:
    found = next_small_step(recent=[5, 5, 5, 5, 4, 5], unit=UNIT)
    assert (found.status, found.goal) == ("keep", 5.0)


def test_few_weeks_give_no_goal() -> None:
    found = next_small_step(recent=[1, math.nan, 2, 3, math.nan, 4], unit=UNIT)
    assert (found.status, found.goal, found.weeks) == ("too_few_weeks", None, 4)
    with pytest.raises(ValueError, match="chance"):
        next_small_step(recent=[1, 2], unit=UNIT, chance=1.0)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 8), min_size=5, max_size=14))
def test_a_goal_is_within_reach_and_above_the_usual_week(recent: list[int]) -> None:
    found = next_small_step(recent=recent, unit=UNIT)
    last = recent[-10:]
    if found.status == "goal":
        assert found.goal in last
        assert found.goal > found.usual
        assert found.met == sum(x >= found.goal for x in last) >= 1
