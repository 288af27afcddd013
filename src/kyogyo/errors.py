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


class SettingError(KyogyoError):
    """A variable of the environment has a value that can't be used."""


class RuleError(KyogyoError):
    """An action is against a rule of the model or of the records. Nothing was changed."""


class ConflictError(KyogyoError):
    """Somebody else was faster: what was decided on is no longer so. Nothing was changed."""


class NotAllowedError(KyogyoError):
    """Who asks may see this but not do it. What one may not even see is not found instead."""


class MissingRecordError(KyogyoError):
    """There is no such record, or who asks may not see it: the two look alike on purpose."""
