"""The audit log never shows a code: each that the actions write has words."""

from __future__ import annotations

import ast
from pathlib import Path

from kyogyo.records.models import CommitmentOutcome, HandoffEvent
from kyogyo.web.settings.audit_words import ACTIONS, NOUNS

SOURCE = Path(__file__).parents[3] / "src" / "kyogyo"


def _codes(word: str) -> set[str]:
    """What stands as `word=` in the calls that write to the log."""
    found: set[str] = set()
    for folder in ("records/actions", "usecases", "web"):
        for path in (SOURCE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _writes(node):
                    found |= {
                        str(one.value.value)
                        for one in node.keywords
                        if one.arg == word and isinstance(one.value, ast.Constant)
                    }
    return found


def _writes(call: ast.Call) -> bool:
    return getattr(call.func, "attr", getattr(call.func, "id", "")) in ("note", "note_security")


def test_every_noun_has_words() -> None:
    assert _codes("noun") - set(NOUNS) == set()


def test_every_action_has_words() -> None:
    made = _codes("action") | {str(kind) for kind in HandoffEvent.Kind}
    assert (made | {str(kind) for kind in CommitmentOutcome.Kind}) - set(ACTIONS) == set()
