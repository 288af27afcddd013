"""For files that a page was sent: how they would map onto the model in force, to be confirmed there."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.errors import MissingRecordError, RuleError
from kyogyo.records.actions.model import adopt
from kyogyo.records.queries.model import current, text_in_force
from kyogyo.usecases.guess_mapping import Proposal, guess_mapping
from kyogyo.usecases.import_uploads import kept_files
from kyogyo.usecases.importing.find_files import find_files, match_files
from kyogyo.usecases.remember_mapping import section_of, with_section
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import ModelVersion
    from kyogyo.revenue_model import RevenueModel

_ROLES = {
    "journey": Text("The journey's key", "案件のキー"),
    "account": Text("The account", "取引先"),
    "account_name": Text("The account's name", "取引先の名前"),
    "stage": Text("The stage", "フェーズ"),
    "at": Text("When it was entered", "フェーズに入った日時"),
    "recorded_at": Text("When it was written down", "登録日時"),
    "owner": Text("Who owns it", "担当者"),
    "department": Text("The department", "部門"),
    "amount": Text("The amount", "金額"),
    "currency": Text("The currency", "通貨"),
    "track": Text("The track", "商流"),
    "field": Text("Which field changed", "変更された項目"),
    "old": Text("The value before", "変更前の値"),
    "new": Text("The value after", "変更後の値"),
    "event_id": Text("The event's key", "イベントのキー"),
    "period": Text("The period", "対象期間"),
    "start": Text("The period's first day", "期間の初日"),
    "end": Text("The period's last day", "期間の末日"),
}

__all__ = ["Proposal", "adopt_mappings", "propose_mappings", "role_words", "section_of"]


def propose_mappings(*, home: Path, word: str) -> tuple[Proposal, ...]:
    """A proposal for each kept file that no source of the model reads. Raises as `kept_files`."""
    model = current().model
    files = find_files(kept_files(home, word))
    read = {match.file.path for match in match_files(files, model=model)}
    return tuple(guess_mapping(file.path, model=model) for file in files if file.path not in read)


def role_words(role: str, *, model: RevenueModel) -> Text:
    """What a column is taken for, as people say it."""
    kind, _, name = role.partition(".")
    if kind == "stages":
        stage = next((one.label.text for one in model.stages if one.code == name), Text(name, name))
        return Text(f"The day of: {stage.en}", f"「{stage.ja}」に入った日")
    if kind == "attributes":
        return Text(f"A value to compare by: {name}", f"分析に使う値（{name}）")
    if kind == "status":
        return Text("How it ended", "終わり方")
    return _ROLES.get(name or kind, Text(role, role))


def adopt_mappings(*, actor: Actor, home: Path, word: str, names: Collection[str]) -> ModelVersion:
    """Add the proposed mappings of the files `names` to the model in force, as its next version.

    Raises RuleError where none of them can be mapped; NotAllowedError, ModelError as `adopt`.
    """
    text, added = text_in_force(), 0
    for proposal in propose_mappings(home=home, word=word):
        if proposal.path.name in names and proposal.source is not None:
            text, added = with_section(text, proposal.source), added + 1
    if not added:
        raise RuleError(
            en="No mapping was chosen. Choose at least one file that can be mapped.",
            ja="対応付けが選ばれていません。対応付けできるファイルを1つ以上選んでください。",
        )
    return adopt(actor=actor, text=text)


def verdict_file(*, home: Path, batch_id: int, name: str) -> Path:
    """A file of verdicts of an import. Raises MissingRecordError for one that isn't there."""
    folder = home / "verdicts" / str(batch_id)
    found = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    if name not in found:
        raise MissingRecordError(
            en=f"There is no file {name} of this import any more.",
            ja=f"この取り込みのファイル {name} は残っていません。",
        )
    return found[name]
