"""Was it done as written: each step of a playbook first, then the whole, and what that means.

A step is marked yes, no or not applicable; there are no stars and no points from 1 to 5, since
they hide which step is missing (Bergmann 2023). Where two people mark the same step and can't
agree, the step is badly written: that is a defect of the step, never of a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kyogyo.analytics.agreement import Agreement, agree
from kyogyo.analytics.intervals import wilson
from kyogyo.words import Text, percent

Mark = Literal["yes", "no", "not_applicable"]
Level = Literal["high", "low", "unknown"]
Outcome = Literal["supported", "not_supported", "cannot_tell"]
AdviceCode = Literal["keep", "fix_playbook", "coach", "luck", "wait", "look"]

HIGH = 0.8
# domain.md 3.2: below either, a criterion isn't clear enough to be marked by.
LEAST_PERCENT, LEAST_KAPPA = 0.8, 0.6
# Fewer pairs say nothing about a criterion, fewer marks nothing about a step.
LEAST_PAIRS, LEAST_MARKS = 10, 5


@dataclass(frozen=True, slots=True)
class Step:
    """A small observable act. `critical`: without it the whole isn't done."""

    code: str
    label: Text
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """One mark of one step on one occasion, by `observer` ('' = taken from the records)."""

    step: str
    occasion: str
    mark: Mark
    observer: str = ""


@dataclass(frozen=True, slots=True)
class StepFidelity:
    """How often a step was done where it applied. `share` is None where it never did."""

    step: Step
    done: int
    missed: int
    not_applicable: int
    share: float | None
    lo: float
    hi: float
    agreement: Agreement | None
    defect: Text | None


@dataclass(frozen=True, slots=True)
class Fidelity:
    """`steps` in their order, then the whole: `share` of marks that are a yes, of all that apply.

    `whole` is the share of occasions on which every step that applied was done; `weakest` the
    step most often missed. `level`: high where 80 % of all and of every critical step was done;
    unknown with fewer than 5 marks.
    """

    steps: tuple[StepFidelity, ...]
    share: float | None
    whole: float | None
    occasions: int
    weakest: Step | None
    level: Level
    sentence: Text


def score_fidelity(*, steps: Sequence[Step], marks: Sequence[Marked]) -> Fidelity:
    """The fidelity of `marks` to `steps`.

    Where several people marked a step on one occasion, the first of them counts (in the order
    given), and the second is held against it. Raises ValueError on a mark of an unknown step, or
    a second mark by the same person.
    """
    first, second = _sorted(steps, marks)
    scored = tuple(_score(step, first, second) for step in steps)
    done, missed = (sum(getattr(each, name) for each in scored) for name in ("done", "missed"))
    share = done / (done + missed) if done + missed else None
    whole, occasions = _whole(first)
    known = [each for each in scored if each.missed and each.share is not None]
    weakest = min(known, key=lambda each: (each.share or 0.0, -each.missed), default=None)
    level = _level(scored, share=share, marks=done + missed)
    return Fidelity(
        steps=scored,
        share=share,
        whole=whole,
        occasions=occasions,
        weakest=weakest.step if weakest else None,
        level=level,
        sentence=_sentence(share, weakest, level=level),
    )


Marks = dict[tuple[str, str], Mark]


def _sorted(steps: Sequence[Step], marks: Sequence[Marked]) -> tuple[Marks, Marks]:
    """The first and the second mark of each step and occasion."""
    known = {step.code for step in steps}
    first: Marks = {}
    second: Marks = {}
    seen = set()
    for each in marks:
        key = (each.step, each.occasion)
        if each.step not in known or (key, each.observer) in seen:
            message = f"step {each.step}, occasion {each.occasion}: unknown, or marked twice by one person"
            raise ValueError(message)
        seen.add((key, each.observer))
        (second if key in first else first).setdefault(key, each.mark)
    return first, second


def _score(step: Step, first: Marks, second: Marks) -> StepFidelity:
    mine = {key: mark for key, mark in first.items() if key[0] == step.code}
    counts = {mark: list(mine.values()).count(mark) for mark in ("yes", "no", "not_applicable")}
    n = counts["yes"] + counts["no"]
    pairs = [(mark, second[key]) for key, mark in mine.items() if key in second]
    agreement = agree(first=[a for a, _ in pairs], second=[b for _, b in pairs]) if pairs else None
    lo, hi = wilson(successes=counts["yes"], n=n)
    return StepFidelity(
        step=step,
        done=counts["yes"],
        missed=counts["no"],
        not_applicable=counts["not_applicable"],
        share=counts["yes"] / n if n else None,
        lo=lo,
        hi=hi,
        agreement=agreement,
        defect=None if agreement is None else say_defect(step.label, agreement),
    )


def say_defect(label: Text, agreement: Agreement) -> Text | None:
    """What is wrong with a criterion that two people can't agree on; None where they can.

    Below 80 % of agreement, or below a kappa of 0.6 where not nearly everything was marked alike
    (then AC1 counts, as kappa says little). Fewer than 10 pairs: None, it's too early.
    """
    kappa, ac1 = agreement.kappa, agreement.ac1
    beyond = max((each for each in (kappa, ac1) if each is not None), default=1.0)
    if agreement.n < LEAST_PAIRS or (agreement.percent >= LEAST_PERCENT and beyond >= LEAST_KAPPA):
        return None
    share = percent(agreement.percent, digits=0)
    beyond_chance = "–" if kappa is None else f"{kappa:.2f}"
    return Text(
        en=f"“{label.en}” isn't written clearly enough: two people agreed in {share} of {agreement.n} cases (kappa {beyond_chance}). Rewrite the criterion; nobody did anything wrong.",
        ja=f"「{label.ja}」は基準の書き方が曖昧です。2人の判定が一致したのは{agreement.n}件中{share}（カッパ係数 {beyond_chance}）。直すのは基準で、人ではありません。",
    )


def _whole(first: Marks) -> tuple[float | None, int]:
    """The share of occasions on which all that applied was done, and how many had any."""
    missed: dict[str, bool] = {}
    for (_, occasion), mark in first.items():
        if mark != "not_applicable":
            missed[occasion] = missed.get(occasion, False) or mark == "no"
    if not missed:
        return None, 0
    return sum(not any_missed for any_missed in missed.values()) / len(missed), len(missed)


def _level(scored: Sequence[StepFidelity], *, share: float | None, marks: int) -> Level:
    if share is None or marks < LEAST_MARKS:
        return "unknown"
    critical = [each.share for each in scored if each.step.critical and each.share is not None]
    return "high" if min([share, *critical]) >= HIGH else "low"


def _sentence(share: float | None, weakest: StepFidelity | None, *, level: Level) -> Text:
    if share is None:
        return Text(
            en="Nobody has marked yet whether it was done.",
            ja="実施したかどうかは、まだ記録されていません。",
        )
    written = percent(share, digits=0)
    said = Text(
        en=f"Done as written in {written} of what applied.",
        ja=f"該当する手順のうち{written}が書いてある通りに実施されました。",
    )
    if level == "unknown":
        said += Text(en="Too few marks to go by.", ja="記録が少なく、まだ判断できません。")
    if weakest is None or weakest.share is None:
        return said
    label, n = weakest.step.label, weakest.done + weakest.missed
    return said + Text(
        en=f"Most often missed: “{label.en}” (done {weakest.done} of {n} times).",
        ja=f"最も抜けやすい手順は「{label.ja}」です（{n}回中{weakest.done}回実施）。",
    )


# ------------------------------------------------------------------------------ what to do now


@dataclass(frozen=True, slots=True)
class Advice:
    """What fidelity and outcome together say: `says` what to do, `because` why."""

    code: AdviceCode
    says: Text
    because: Text


def advise(*, fidelity: Level, outcome: Outcome, guard_worse: bool = False) -> Advice:
    """The next thing to do. A poor result of what wasn't done says nothing about the playbook."""
    if guard_worse and outcome == "supported":
        return _ADVICE["look"]
    if outcome == "cannot_tell" or (outcome == "not_supported" and fidelity == "unknown"):
        return _ADVICE["coach" if fidelity == "low" else "wait"]
    if fidelity == "unknown":
        return _ADVICE["look"]
    done = fidelity == "high"
    if outcome == "supported":
        return _ADVICE["keep" if done else "luck"]
    return _ADVICE["fix_playbook" if done else "coach"]


_ADVICE: dict[AdviceCode, Advice] = {
    "keep": Advice(
        "keep",
        Text(en="Keep it, and offer it to the next team.", ja="続け、次のチームにも広げましょう。"),
        Text(
            en="It was done as written, and it helped.",
            ja="書いた通りに実施され、効果がありました。",
        ),
    ),
    "fix_playbook": Advice(
        "fix_playbook",
        Text(en="Change the playbook, not the people.", ja="人ではなく、手順を見直しましょう。"),
        Text(
            en="It was done as written, and it didn't help: the idea or the steps are wrong.",
            ja="書いた通りに実施されたのに効果がありません。仮説か手順が違っています。",
        ),
    ),
    "coach": Advice(
        "coach",
        Text(
            en="Find out what stands in the way of the step most often missed, remove it, and practise it.",
            ja="最も抜けやすい手順の妨げを突き止めて取り除き、練習しましょう。",
        ),
        Text(
            en="It wasn't done as written, so the result says nothing about whether it would help.",
            ja="書いた通りに実施されていないため、効くかどうかはまだ分かりません。",
        ),
    ),
    "luck": Advice(
        "luck",
        Text(
            en="Don't credit the playbook yet: ask what was really done, and write that down.",
            ja="まだ手順の手柄にせず、実際に何をしたかを聞いて書き留めましょう。",
        ),
        Text(
            en="It got better, but not by what was written: luck, or something else that works.",
            ja="良くなりましたが、書いた手順によるものではありません。偶然か、別の要因です。",
        ),
    ),
    "wait": Advice(
        "wait",
        Text(
            en="Go on as planned and look again at the review date, or make the next try larger.",
            ja="予定通り続けて振り返り日に見直すか、次はより大きく試しましょう。",
        ),
        Text(
            en="The numbers don't tell yet; changing it now would make them useless.",
            ja="数字はまだ何も示していません。いま変えると、その数字も使えなくなります。",
        ),
    ),
    "look": Advice(
        "look",
        Text(
            en="Before it is rolled out, look at what is missing here.",
            ja="広げる前に、足りない情報を確かめましょう。",
        ),
        Text(
            en="It helped, but nobody knows whether it was done as written, or the number beside it got worse.",
            ja="効果はありましたが、実施度が分からないか、対になる指標が悪化しています。",
        ),
    ),
}
