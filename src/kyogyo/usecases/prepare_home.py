"""Make an installation ready: its folder and its database."""

from __future__ import annotations

import os
from pathlib import Path

from kyogyo.errors import SettingError

SETTINGS = "kyogyo.config.settings"


def choose_home(home: Path | None) -> Path:
    """Say for this process and its children where everything is kept, and make that folder.

    `home` None: where KYOGYO_HOME says, else `kyogyo-data` here. To be called before Django is set
    up. Raises SettingError when the folder can't be made.
    """
    place = (home or Path(os.environ.get("KYOGYO_HOME", "kyogyo-data"))).absolute()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            en=f"The folder {place} can't be used: {error.strerror}. Name another with --home.",
            ja=f"フォルダー {place} を使えません（{error.strerror}）。--home で別の場所を指定してください。",
        ) from None
    os.environ["KYOGYO_HOME"] = str(place)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    return place


def prepare_database() -> None:
    """Bring the tables up to date. Safe to run again, also after a crash in the middle."""
    import django  # noqa: PLC0415 -- slow import

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- slow import

    from kyogyo.records.queries.database import learn_sizes  # noqa: PLC0415 -- needs django.setup()

    call_command("migrate", interactive=False, verbosity=0)
    learn_sizes()
