"""For files that a page was sent: how they would map onto the model in force, to be confirmed there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kyogyo.errors import MissingRecordError, RuleError
from kyogyo.records.actions.model import adopt_sources
from kyogyo.records.queries.model import current, text_in_force
from kyogyo.revenue_model import parse_model
from kyogyo.usecases.choose_mapping import Choices, look_at, source_from
from kyogyo.usecases.guess_mapping import Proposal, guess_mapping
from kyogyo.usecases.import_uploads import kept_files
from kyogyo.usecases.importing.find_files import find_files, match_files
from kyogyo.usecases.remember_mapping import section_of, with_section

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import ModelVersion

__all__ = ["Proposal", "adopt_mappings", "propose_mappings", "section_of", "verdict_file"]


def propose_mappings(*, home: Path, word: str) -> tuple[Proposal, ...]:
    """A proposal for each kept file that no source of the model reads. Raises as `kept_files`."""
    model = current().model
    files = find_files(kept_files(home, word))
    read = {match.file.path for match in match_files(files, model=model)}
    return tuple(guess_mapping(file.path, model=model) for file in files if file.path not in read)


def adopt_mappings(
    *, actor: Actor, home: Path, word: str, chosen: Mapping[str, Choices | None]
) -> ModelVersion:
    """Add the mappings chosen for files, by their names, to the model in force, as its next version.

    None takes the proposal as it is. Raises RuleError where none was chosen or a choice contradicts
    itself; NotAllowedError, ModelError as `adopt_sources`.
    """
    text, added = text_in_force(), 0
    for proposal in propose_mappings(home=home, word=word):
        name = proposal.path.name
        if name not in chosen:
            continue
        # Each mapping gets a name that the ones before it don't have.
        model = parse_model(text, name="model.toml")
        choices = chosen[name]
        source = proposal.source
        if choices is not None:
            source = source_from(choices, look=look_at(proposal), model=model)
        if source is not None:
            text, added = with_section(text, source), added + 1
    if not added:
        raise RuleError(
            en="No mapping was chosen. Choose at least one file that can be mapped.",
            ja="対応付けが選ばれていません。対応付けできるファイルを1つ以上選んでください。",
        )
    return adopt_sources(actor=actor, text=text)


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
