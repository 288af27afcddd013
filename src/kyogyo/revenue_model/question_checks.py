"""What must hold within the questions of a model."""

from __future__ import annotations

from collections.abc import Iterator

from kyogyo.revenue_model.declaration import Declaration
from kyogyo.revenue_model.lines import Path
from kyogyo.revenue_model.problems import Problem
from kyogyo.words import Text


def problems_of_questions(declared: Declaration) -> Iterator[Problem]:
    """Choices where they belong, and one question at most that the promises answer."""
    for index, question in declared.questions:
        if question.kind == "choice" and len(question.choices) < 2:
            yield Problem(
                ("questions", index, "choices"),
                Text(
                    en="A question of the kind choice needs at least two choices.",
                    ja="kind が choice の確認項目には、選択肢が2つ以上必要です。",
                ),
            )
        if question.kind != "choice" and question.choices:
            yield Problem(
                ("questions", index, "choices"),
                Text(
                    en=f'A question of the kind {question.kind} has no choices. Write kind = "choice" '
                    "or take them away.",
                    ja=f'kind が {question.kind} の確認項目に選択肢は使えません。kind = "choice" '
                    "にするか、choices を消してください。",
                ),
            )
    yield from _answered_by_promises(declared)


def _answered_by_promises(declared: Declaration) -> Iterator[Problem]:
    """The promises are texts, and answer one question."""
    answered = [
        (index, one) for index, one in declared.questions if one.answered_by == "commitments"
    ]
    for number, (index, question) in enumerate(answered):
        where: Path = ("questions", index, "answered_by")
        if question.kind != "text":
            yield Problem(
                where,
                Text(
                    en=f"Promises are texts, and {question.code!r} is of the kind {question.kind}. "
                    'Write kind = "text".',
                    ja=f"約束は文章です。「{question.code}」の kind は {question.kind} になっています。"
                    'kind = "text" にしてください。',
                ),
            )
        if number:
            first = answered[0][1].code
            yield Problem(
                where,
                Text(
                    en=f"The promises answer {first!r} already. Take this line out of one of the two.",
                    ja=f"約束で回答する確認項目は、すでに「{first}」があります。どちらか一方だけにしてください。",
                ),
            )
