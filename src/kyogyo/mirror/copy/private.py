"""The writer's own file: the integer tables, what they are a copy of, and how far they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from kyogyo.errors import StoreError
from kyogyo.mirror import schema
from kyogyo.mirror.codes import shape_of
from kyogyo.mirror.connection import connect
from kyogyo.mirror.copy.place import Place, remove_private, take_over
from kyogyo.mirror.copy.position import Declared, Position
from kyogyo.revenue_model import parse_model

if TYPE_CHECKING:
    import duckdb

    from kyogyo.revenue_model import RevenueModel

FORMAT = "1"
# `left_out`: journeys of entries that name a stage or track which the model doesn't have, once for
# each. `merged`: to which account each merged one leads.
_OWN = """
CREATE TABLE meta (key VARCHAR, value VARCHAR);
CREATE TABLE left_out (journey BIGINT);
CREATE TABLE merged (account BIGINT, root BIGINT);
"""
# Beyond this many times its size when it was last written whole, the file is written whole again.
_MOST_GROWTH = 2
_SMALL = 16 * 1024 * 1024


@lru_cache(maxsize=8)
def read_model(text: str, version: str) -> RevenueModel:
    """The declared model of a text, read once."""
    return parse_model(text, name=version)


def basis_of(model: RevenueModel) -> str:
    """Everything of a model that the integers depend on. Labels aren't part of it."""
    basis = {**shape_of(model), "zone": model.time_zone, "currency": model.currency}
    return json.dumps(basis, ensure_ascii=False)


def position_in(facts: dict[str, str]) -> Position:
    """The position that a copy's facts hold."""
    return Position(**json.loads(facts["position"]))


def key_in(facts: dict[str, str]) -> str:
    """What tells one state of a copy from any other, and one copy from another made anew."""
    return f"{facts['made']}-{facts.get('serial', '0')}"


class Private:
    """The private file, open. `model` is the declared model that its integers are made under.

    Use it in a `with` statement, and after `hold_alone`.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, place: Place) -> None:
        self.connection = connection
        self.place = place
        self._model: RevenueModel | None = None

    @classmethod
    def open(cls, place: Place, *, anew: bool = False) -> Private:
        """The file as it is, or (with `anew`, or where there is none that can be used) an empty one.

        Raises:
            StoreError: another program has it open.
        """
        import duckdb  # noqa: PLC0415 -- slow import

        if not anew and place.private.exists():
            try:
                opened = cls(connect(str(place.private), spill=place.spill), place)
            except duckdb.Error as error:
                if "lock" in str(error):
                    raise _open_elsewhere(place) from error
            else:
                if opened._is_ours():
                    return opened
                opened.close()
        remove_private(place)
        made = cls(connect(str(place.private), spill=place.spill), place)
        made.connection.execute(f"BEGIN; {schema.CURRENT} {_OWN}")
        made.write_facts(format=FORMAT, made=uuid4().hex)
        made.connection.execute("COMMIT")
        return made

    def _is_ours(self) -> bool:
        found = self.connection.execute(
            "SELECT COUNT(*) FROM duckdb_columns() WHERE table_name = 'meta' AND column_name = 'value'"
        ).fetchall()
        return bool(found[0][0]) and self.facts().get("format") == FORMAT

    # --- what it says of itself ---

    def facts(self) -> dict[str, str]:
        """All that is known of the copy as a whole."""
        return dict(self.connection.execute("SELECT key, value FROM meta").fetchall())

    def write_facts(self, **facts: str) -> None:
        """Set some of them, inside the caller's transaction."""
        for key, value in facts.items():
            self.connection.execute("DELETE FROM meta WHERE key = ?", [key])
            self.connection.execute("INSERT INTO meta VALUES (?, ?)", [key, value])

    @property
    def position(self) -> Position | None:
        """Up to where the records were copied; None before they ever were."""
        facts = self.facts()
        return position_in(facts) if "position" in facts else None

    def write_position(self, position: Position, *, copied_at: int) -> None:
        """Note how far the copy is and since when, and that it is another one than before."""
        serial = int(self.facts().get("serial", "0")) + 1
        self.write_facts(
            position=json.dumps(asdict(position)), copied_at=str(copied_at), serial=str(serial)
        )

    def declare(self, declared: Declared) -> None:
        """Keep the model's text, inside the caller's transaction."""
        model = read_model(declared.text, declared.version)
        self.write_facts(
            model=declared.text, digest=declared.digest, version=declared.version, basis=basis_of(model)
        )  # fmt: skip
        self._model = model

    @property
    def model(self) -> RevenueModel:
        """The declared model that the integers are made under."""
        if self._model is None:
            facts = self.facts()
            self._model = read_model(facts["model"], facts["version"])
        return self._model

    @property
    def key(self) -> str:
        """Another one for each state of the copy."""
        return key_in(self.facts())

    @property
    def is_behind_itself(self) -> bool:
        """Whether rows came in that the derived tables don't know yet."""
        asked = (
            "SELECT (SELECT COUNT(*) FROM touched) + (SELECT COUNT(*) = 0 FROM duckdb_tables() "
            "WHERE table_name = 'journeys')::INTEGER"
        )
        return bool(self.connection.execute(asked).fetchall()[0][0])

    # --- what measuring needs ---

    def tables(self) -> duckdb.DuckDBPyConnection:
        """The connection, with the integer tables."""
        return self.connection

    @contextmanager
    def one_transaction(self) -> Iterator[Callable[[], None]]:
        """Several statements, kept only if the function given is called."""
        kept = False

        def keep() -> None:
            nonlocal kept
            kept = True

        self.connection.execute("BEGIN")
        try:
            yield keep
        except BaseException:
            kept = False
            raise
        finally:
            self.connection.execute("COMMIT" if kept else "ROLLBACK")

    # --- the file ---

    def settle(self) -> Private:
        """Write the file whole where something was erased of which traces remain, or space is wasted.

        Returns the file as it then is.
        """
        facts = self.facts()
        if facts.get("erased") == "1":
            return self._write_whole()
        self.connection.execute("CHECKPOINT")
        size = self.place.private.stat().st_size
        if "whole_size" not in facts:
            self.write_facts(whole_size=str(size))
        elif size > max(_SMALL, _MOST_GROWTH * int(facts["whole_size"])):
            return self._write_whole()
        return self

    def _write_whole(self) -> Private:
        """The same content in a new file, in which nothing is left of what was deleted."""
        # A serial of its own, so that it is published even where this process ends before that.
        self.write_facts(serial=str(int(self.facts()["serial"]) + 1))
        coming = self.place.coming
        self.connection.execute(f"ATTACH '{_quoted(coming)}' AS coming")
        here = self.connection.execute("SELECT current_database()").fetchall()[0][0]
        self.connection.execute(f'COPY FROM DATABASE "{here}" TO coming')
        self.connection.execute("UPDATE coming.meta SET value = '0' WHERE key = 'erased'")
        self.connection.execute("DETACH coming")
        self.close()
        take_over(self.place, coming)
        whole = Private.open(self.place)
        whole.write_facts(whole_size=str(self.place.private.stat().st_size))
        return whole

    def close(self) -> None:
        """Everything into the file, which then has no log beside it."""
        self.connection.close()

    def __enter__(self) -> Private:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _open_elsewhere(place: Place) -> StoreError:
    return StoreError(
        en=f"{place.private} is open in another program, so the measuring copy can't be renewed. Close it there.",
        ja=f"{place.private} を別のプログラムが開いているため、計測用コピーを更新できません。そちらで閉じてください。",
    )
