"""What the words in a file mean: which stage, which department."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kyogyo.connectors.tables.values import fold_key
from kyogyo.revenue_model.spelling import nearest
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.revenue_model import RevenueModel, Source

IGNORED = -1


def folded(text: str) -> str:
    """A word without what people write in more than one way: width, case, blanks and joints.

    >>> folded(" Closed-Won ") == folded("ＣＬＯＳＥＤ＿ＷＯＮ")
    True
    """
    plain = fold_key(text)
    return "".join(sign for sign in plain if sign.isalnum()) or plain


@dataclass
class Words:
    """The meaning of each word of one column, remembered; 0 for none, -1 for one to ignore."""

    noun: Text
    exact: Mapping[str, int]
    folded: Mapping[str, int]
    ignored: frozenset[str] = frozenset()
    _seen: dict[str, int | Text] = field(default_factory=dict)

    def meaning(self, cell: str) -> int | Text:
        """The number that `cell` stands for, or why it stands for none."""
        found = self._seen.get(cell)
        if found is None:
            found = self._seen[cell] = self._find(cell)
        return found

    def _find(self, cell: str) -> int | Text:
        word = cell.strip()
        if not word:
            return 0
        if word in self.exact:
            return self.exact[word]
        key = folded(word)
        if key in self.ignored:
            return IGNORED
        if key in self.folded:
            return self.folded[key]
        near = nearest(word, self.exact) or _around(word, self.exact)
        return Text(
            en=f'"{word}" is no {self.noun.en} that the mapping or the model knows.'
            + (f' Did you mean "{near}"?' if near else ""),
            ja=f"「{word}」に当たる{self.noun.ja}が、対応付けにもモデルにもありません。"
            + (f"「{near}」のことでしょうか。" if near else ""),
        )


def _around(word: str, known: Iterable[str]) -> str | None:
    """A known word that is a part of `word`, or the other way round."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 -- slow import

    found = process.extractOne(word, sorted(known), scorer=fuzz.WRatio, score_cutoff=80)
    return found[0] if found else None


def stage_words(*, source: Source, model: RevenueModel) -> Words:
    """The stage words of a log or history: those of `stage_values`, then codes, then labels."""
    declared: dict[str, int] = {}
    for stage in reversed(model.stages):
        number = model.stage_number(stage.code)
        declared |= {stage.label.en: number, stage.label.ja: number}
    for stage in model.stages:
        declared[stage.code] = model.stage_number(stage.code)
    mapped = {word: model.stage_number(code) for word, code in source.stage_values.items()}
    return _words(
        Text(en="stage", ja="フェーズ"), {**declared, **mapped}, mapped, source.ignore_values
    )


def status_words(*, source: Source, model: RevenueModel) -> Words:
    """The words of the state column of a record: only those that the mapping names."""
    values = source.status.values if source.status else {}
    mapped = {word: model.stage_number(code) for word, code in values.items()}
    return _words(Text(en="state", ja="状態"), mapped, mapped, source.ignore_values)


def department_words(*, model: RevenueModel) -> Words:
    """Departments by code and label."""
    declared: dict[str, int] = {}
    for department in model.departments:
        number = model.department_number(department.code)
        for word in (department.label.en, department.label.ja, department.code):
            declared[word] = number
    return _words(Text(en="department", ja="部門"), declared, {}, ())


def _words(
    noun: Text, exact: Mapping[str, int], first: Mapping[str, int], ignored: Iterable[str]
) -> Words:
    loose = {folded(word): number for word, number in exact.items()}
    loose |= {folded(word): number for word, number in first.items()}
    return Words(noun, exact, loose, frozenset(folded(word) for word in ignored))
