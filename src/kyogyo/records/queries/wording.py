"""Codes of the records as people read them. A code that the model in force no longer has is said as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kyogyo.words import Text, exact_money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kyogyo.revenue_model.parts import Label
    from kyogyo.revenue_model.schema import RevenueModel

# Why an imported entry stands although nothing shows that the stage before was done: kept as both sentences.
IMPORTED = Text(
    en="Imported history: nobody recorded the evidence", ja="取り込んだ履歴のため、証拠の記録なし"
)
UNKNOWN = Text(en="unknown", ja="未確認")
# As the answer of the question that promises answer it is kept in English, like a choice.
NONE_PROMISED = Text(en="None promised", ja="約束したことはない")

ACTIVITIES = {
    "call": Text(en="Call", ja="電話"),
    "mail": Text(en="Mail", ja="メール"),
    "meeting": Text(en="Meeting", ja="商談・打ち合わせ"),
    "no_show": Text(en="Didn't take place", ja="不実施（ノーショー）"),
    "note": Text(en="Note", ja="メモ"),
}
DECISIONS = {
    "offered": Text(en="Offered", ja="提示"),
    "withdrawn": Text(en="Withdrawn", ja="取り下げ"),
    "accepted": Text(en="Accepted", ja="受け入れ"),
    "returned": Text(en="Returned", ja="差し戻し"),
    "needs_work": Text(en="Needs work", ja="要追加確認"),
    "result": Text(en="Result filed", ja="結果の報告"),
    "undone": Text(en="Taken back", ja="判断の取り消し"),
}
STATES = {
    "offered": Text(en="Awaiting a decision", ja="提示中"),
    "withdrawn": Text(en="Withdrawn", ja="取り下げ"),
    "accepted": Text(en="Accepted", ja="受け入れ済み"),
    "returned": Text(en="Returned", ja="差し戻し"),
    "needs_work": Text(en="Needs work", ja="要追加確認"),
    "result": Text(en="Accepted, result filed", ja="受け入れ済み・結果報告あり"),
}
OUTCOMES = {
    "expected": Text(en="as expected", ja="認識どおり"),
    "not_expected": Text(en="not as expected", ja="認識と違う"),
    "met": Text(en="kept", ja="守られた"),
    "missed": Text(en="not kept", ja="守られなかった"),
}
CHANGES = {
    "amount": Text(en="Amount", ja="金額"),
    "title": Text(en="Title", ja="件名"),
    "source": Text(en="Source", ja="流入元"),
    "campaign": Text(en="Campaign", ja="施策"),
}


def stage_label(model: RevenueModel, code: str) -> Text:
    return _kept_label(model.stages, code)


def department_label(model: RevenueModel, code: str) -> Text:
    return _kept_label(model.departments, code)


def track_label(model: RevenueModel, code: str) -> Text:
    return _kept_label(model.tracks, code)


def handoff_label(model: RevenueModel, code: str) -> Text:
    return _kept_label(model.handoffs, code)


def question_label(model: RevenueModel, code: str) -> Text:
    return _kept_label(model.questions, code)


def reason_label(model: RevenueModel, code: str) -> Text:
    return _kept_label(model.reasons, code)


def criterion_label(model: RevenueModel, stage: str, code: str) -> Text:
    """A criterion is known within its stage: two stages may use the same code."""
    return _label(
        (
            (criterion.code, criterion.label.text)
            for one in model.stages
            if one.code == stage
            for criterion in one.exit_criteria
        ),
        code,
    )


def gap_label(model: RevenueModel, code: str) -> Text:
    """What was missing at an override: a criterion, a question or a reason, by its code alone."""
    bare = code.rsplit(":", 1)[-1].rsplit(".", 1)[-1]
    criteria = (
        (criterion.code, criterion.label.text)
        for stage in model.stages
        for criterion in stage.exit_criteria
    )
    questions = ((one.code, one.label.text) for one in model.questions)
    handoffs = ((one.code, one.label.text) for one in model.handoffs)
    return _label([*criteria, *questions, *handoffs], bare)


def answer_words(model: RevenueModel, question: str, *, answer: str, is_unknown: bool) -> Text:
    """An answer as it is read: a choice in both languages, money with its marks, an unknown as such."""
    if is_unknown:
        return UNKNOWN
    declared = next((one for one in model.questions if one.code == question), None)
    if declared is None:
        return Text(en=answer, ja=answer)
    if declared.kind == "choice":
        for choice in declared.choices:
            if answer in (choice.text.en, choice.text.ja):
                return choice.text
    if declared.kind == "boolean":
        return {
            "yes": Text(en="Yes", ja="はい"),
            "no": Text(en="No", ja="いいえ"),
        }.get(answer, Text(en=answer, ja=answer))
    if declared.kind == "money" and answer.lstrip("-").isdigit():
        said = exact_money(int(answer), currency=model.currency)
        return Text(en=said, ja=said)
    if declared.answered_by == "commitments" and answer == NONE_PROMISED.en:
        return NONE_PROMISED
    return Text(en=answer, ja=answer)


def written(reason: Text) -> str:
    """A reason of Kyogyo's own as it is kept in a row."""
    return f"{reason.en} / {reason.ja}"


def own_reason(reason: str) -> Text | None:
    """The reason, where it is one of Kyogyo's own and not somebody's words."""
    return IMPORTED if reason == written(IMPORTED) else None


def _label(pairs: Iterable[tuple[str, Text]], code: str) -> Text:
    return dict(pairs).get(code, Text(en=code, ja=code))


class _Labelled(Protocol):
    """What has a code and a label in a model."""

    @property
    def code(self) -> str: ...
    @property
    def label(self) -> Label: ...


# By the object of a declared part: the part itself, so that its number stays its own, and its labels.
_LABELS: dict[int, tuple[object, dict[str, Text]]] = {}
_MOST_PARTS = 100


def _kept_label(part: Sequence[_Labelled], code: str) -> Text:
    kept = _LABELS.get(id(part))
    if kept is None:
        if len(_LABELS) >= _MOST_PARTS:
            _LABELS.clear()
        kept = _LABELS[id(part)] = (part, {one.code: one.label.text for one in part})
    found = kept[1].get(code)
    return Text(en=code, ja=code) if found is None else found
