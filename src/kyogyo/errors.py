"""What a person can act on. Anything else that is raised is a defect of Kyogyo's."""

from __future__ import annotations

from kyogyo.words import Lang, Text


class KyogyoError(Exception):
    """Says in both languages what happened, why, and what to do about it."""

    def __init__(self, *, en: str, ja: str) -> None:
        super().__init__(en)
        self.text = Text(en=en, ja=ja)

    def say(self, lang: Lang) -> str:
        return self.text.say(lang)


class ModelError(KyogyoError):
    """The declared model of an organisation can't be used as it is written."""


class SourceError(KyogyoError):
    """A file of data can't be read, or its mapping doesn't fit it."""


class StoreError(KyogyoError):
    """The file that keeps the imported history can't be opened or changed."""


class MissingTableError(KyogyoError):
    """A question was asked that needs a table which the data doesn't have."""
