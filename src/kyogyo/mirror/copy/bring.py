"""From the records into the private file: everything once, then what changed. One transaction each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from kyogyo.mirror.copy import convert, questions
from kyogyo.mirror.copy.position import (
    Changes,
    changes_between,
    conditions_on,
    find_model,
    find_position,
    follows,
)
from kyogyo.mirror.copy.private import Private, basis_of, read_model

if TYPE_CHECKING:
    from kyogyo.mirror.copy.place import Place
    from kyogyo.mirror.copy.position import Declared, Position
    from kyogyo.mirror.copy.source import Reading

# Beyond this share of all journeys, reading everything is less work than looking up the touched ones.
_WHOLE_SHARE = 0.5
_FEW = 2_000
_EVERY = "1 = 1"


@dataclass(frozen=True)
class Brought:
    """What one look at the records brought. `changes` counts rows of the outbox."""

    changes: int = 0
    journeys: int = 0
    is_whole: bool = False
    is_set_up: bool = True


def bring_over(
    private: Private, reading: Reading, *, now: int, tell: Callable[[int], None] | None = None
) -> tuple[Private, Brought]:
    """Bring the private file up to the snapshot, and return it: it may be another one, made anew.

    `now` is the instant of copying (epoch microseconds); `tell(entries)` is called while everything
    is read. Where no model was adopted yet there is nothing to copy.
    """
    declared = find_model(reading)
    if declared is None:
        return private, Brought(is_set_up=False)
    here, was = find_position(reading), private.position
    if was is None or not _can_go_on(private, reading, declared, was=was, now=here):
        return _bring_everything(private.place, private, reading, declared, here, now, tell)
    changes = changes_between(reading, was=was, now=here)
    if not changes.rows:
        return private, Brought()
    brought = _bring_changes(private, reading, declared, changes, here, now)
    if brought is None:
        return _bring_everything(private.place, private, reading, declared, here, now, tell)
    return private, brought


def _can_go_on(
    private: Private, reading: Reading, declared: Declared, *, was: Position, now: Position
) -> bool:
    facts = private.facts()
    if facts["digest"] != declared.digest:
        model = read_model(declared.text, declared.version)
        if facts["basis"] != basis_of(model):
            return False
    return follows(reading, was=was, now=now)


def _bring_everything(
    place: Place,
    private: Private,
    reading: Reading,
    declared: Declared,
    here: Position,
    now: int,
    tell: Callable[[int], None] | None,
) -> tuple[Private, Brought]:
    private.close()
    anew = Private.open(place, anew=True)
    with anew.one_transaction() as keep:
        anew.declare(declared)
        filling = _Filling(anew, reading, tell=tell)
        filling.journeys([_EVERY])
        filling.entries([_EVERY])
        filling.values([_EVERY], [_EVERY])
        filling.revenue([_EVERY])
        filling.owner_names()
        filling.merged()
        journeys = filling.count("SELECT COUNT(*) FROM accounts")
        anew.write_position(here, copied_at=now)
        keep()
    return anew, Brought(changes=here.last, journeys=journeys, is_whole=True)


def _bring_changes(
    private: Private,
    reading: Reading,
    declared: Declared,
    changes: Changes,
    here: Position,
    now: int,
) -> Brought | None:
    """What changed; None where that is so much that everything had better be read."""
    with private.one_transaction() as keep:
        if private.facts()["digest"] != declared.digest:
            private.declare(declared)
        filling = _Filling(private, reading)
        family = filling.family(changes.accounts)
        touched, gone = filling.touched(changes, family)
        if touched.size > max(_FEW, _WHOLE_SHARE * filling.count("SELECT COUNT(*) FROM accounts")):
            return None
        filling.forget(touched, family)
        filling.journeys(conditions_on(touched, "j.id"))
        filling.entries(conditions_on(touched, "e.journey_id"))
        filling.values(conditions_on(touched, "j.id"), filling.accounts_of_affected())
        filling.revenue(conditions_on(family, "r.account_id"))
        filling.owner_names()
        filling.merged()
        filling.note_touched()
        if changes.is_erasure or gone:
            filling.forget_unused_names()
            private.write_facts(erased="1")
        private.write_position(here, copied_at=now)
        keep()
    return Brought(changes=changes.rows, journeys=int(touched.size))


class _Filling:
    """One filling of the tables from one snapshot, inside the caller's transaction."""

    def __init__(
        self, private: Private, reading: Reading, *, tell: Callable[[int], None] | None = None
    ) -> None:
        self._connection = private.connection
        self._reading = reading
        self._tell = tell
        self._is_partial = False
        self._failed: Exception | None = None
        self.words = convert.EntryWords(private.model)
        into = {row["account"]: row["into_account"] for row in reading.rows(questions.MERGED)}
        self.roots = convert.Roots.of(into)
        held = self._connection.execute("SELECT account, root FROM merged ORDER BY account")
        self._roots_before = convert.Roots(*held.fetchnumpy().values())

    def count(self, sql: str) -> int:
        return int(self._connection.execute(sql).fetchall()[0][0])

    # --- what is to be made anew ---

    def family(self, accounts: np.ndarray) -> np.ndarray:
        """These accounts and all that are one company with them, or were when last copied."""
        found = accounts
        while True:
            more = self._roots_before.family(self.roots.family(found))
            if more.size == found.size:
                return found
            found = more

    def merged(self) -> None:
        """Note which accounts lead to which, for the time when one is split again."""
        self._connection.execute("DELETE FROM merged")
        table = pa.table({"account": self.roots.merged, "root": self.roots.roots})
        self._connection.register("merged_now", table)
        self._connection.execute("INSERT INTO merged FROM merged_now")
        self._connection.unregister("merged_now")

    def touched(self, changes: Changes, family: np.ndarray) -> tuple[np.ndarray, bool]:
        """The journeys to be read again, and whether one of the copy's is gone from the records."""
        ranges = [f"BETWEEN {first} AND {last}" for first, last in changes.ranges]
        held = [
            *(f"journey {one}" for one in ranges),
            *conditions_on(family, "account"),
            *conditions_on(changes.journeys, "journey"),
        ]
        there = [
            *(f"j.id {one}" for one in ranges),
            *conditions_on(family, "j.account_id"),
            *conditions_on(changes.journeys, "j.id"),
        ]
        copied = self._ids(f"SELECT journey FROM accounts WHERE {one}" for one in held)
        read = [
            np.asarray(batch.column("journey").to_numpy(zero_copy_only=False), np.int64)
            for one in there
            for batch in self._reading.batches(questions.journeys_sql(one))
        ]
        now = np.unique(np.concatenate(read)) if read else np.empty(0, np.int64)
        # One that left the ranges and accounts asked for is still there, and no erasure.
        left = np.setdiff1d(copied, now)
        kept = [
            batch.num_rows
            for one in conditions_on(left, "j.id")
            for batch in self._reading.batches(questions.journeys_sql(one))
        ]
        return np.union1d(copied, now), sum(kept) < left.size

    def _ids(self, questions_asked: Iterable[str]) -> np.ndarray:
        parts = [
            self._connection.execute(asked).fetchnumpy()["journey"] for asked in questions_asked
        ]
        return np.unique(np.concatenate(parts)).astype(np.int64) if parts else np.empty(0, np.int64)

    def forget(self, journeys: np.ndarray, accounts: np.ndarray) -> None:
        """Take the rows of journeys, and the revenue of accounts, out of the tables."""
        self._is_partial = True
        self._list("affected_journeys", "journey", journeys)
        self._list("affected_accounts", "account", accounts)
        for table in ("entries", "attributes", "accounts", "left_out"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE journey IN (SELECT journey FROM affected_journeys)"
            )
        self._connection.execute(
            "DELETE FROM revenue WHERE account IN (SELECT account FROM affected_accounts)"
        )

    def _list(self, table: str, column: str, ids: np.ndarray) -> None:
        self._connection.register("listed_ids", pa.table({column: pa.array(ids, pa.int64())}))
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM listed_ids")
        self._connection.unregister("listed_ids")

    def accounts_of_affected(self) -> list[str]:
        """Conditions on the accounts that the journeys made anew belong to."""
        found = self._connection.execute(
            "SELECT DISTINCT account FROM accounts "
            "WHERE journey IN (SELECT journey FROM affected_journeys)"
        ).fetchnumpy()["account"]
        return conditions_on(np.asarray(found, np.int64), "a.id")

    def note_touched(self) -> None:
        self._connection.execute(
            "INSERT INTO touched SELECT journey FROM affected_journeys "
            "WHERE journey NOT IN (SELECT journey FROM touched)"
        )

    # --- the tables ---

    def journeys(self, conditions: list[str]) -> None:
        """Which journeys there are, and whose."""
        asked = self._asked(conditions, questions.journeys_sql)
        self._pour(
            convert.journeys(asked, roots=self.roots),
            convert.JOURNEY_SCHEMA,
            "INSERT INTO accounts",
        )

    def entries(self, conditions: list[str]) -> None:
        asked = self._asked(conditions, questions.entries_sql)
        coded = self.words.entries(asked, roots=self.roots)
        self._pour(self._told(coded), convert.ENTRY_SCHEMA, "INSERT INTO entries BY NAME")
        if left_out := [part for part in self.words.left_out if part.size]:
            self._list("left_out_now", "journey", np.concatenate(left_out))
            self._connection.execute("INSERT INTO left_out FROM left_out_now")

    def values(self, of_journeys: list[str], of_accounts: list[str]) -> None:
        """Attributes of the journeys that entered a stage: their own, and their account's."""
        kind = self._reading.kind
        for noun, conditions, ask in (
            ("journey", of_journeys, questions.journey_values_sql),
            ("account", of_accounts, questions.account_values_sql),
        ):
            asked = self._asked(conditions, partial(ask, kind=kind))
            self._pour(
                convert.values(asked, noun=noun), convert.values_schema(noun),
                f"CREATE OR REPLACE TEMP TABLE said_of_{noun} AS",
            )  # fmt: skip
        for column in ("attribute", "value"):
            self._connection.execute(_NEW_NAMES.format(kind=column))
        only = (
            "AND c.journey IN (SELECT journey FROM affected_journeys)" if self._is_partial else ""
        )
        self._connection.execute(_ATTRIBUTES.format(only=only))
        self._connection.execute("DROP TABLE said_of_journey; DROP TABLE said_of_account")

    def revenue(self, conditions: list[str]) -> None:
        """What came in, by account and span; of accounts that were merged, together."""
        asked = self._asked(conditions, questions.revenue_sql)
        self._pour(
            convert.revenue(asked, roots=self.roots), convert.REVENUE_SCHEMA,
            "INSERT INTO revenue SELECT account, period_start, period_end, CAST(SUM(amount) AS BIGINT)",
            "GROUP BY account, period_start, period_end",
        )  # fmt: skip

    def owner_names(self) -> None:
        """Who the owners are, as they are called now."""
        users = self._reading.rows(questions.USERS)
        names = {int(row["code"]): str(row["name"] or row["email"]) for row in users}
        held = dict(
            self._connection.execute("SELECT code, name FROM names WHERE kind = 'owner'").fetchall()
        )
        if names == held:
            return
        self._connection.execute("DELETE FROM names WHERE kind = 'owner'")
        table = pa.table({"code": pa.array(list(names)), "name": pa.array(list(names.values()))})
        self._connection.register("users", table)
        self._connection.execute("INSERT INTO names SELECT 'owner', code, name FROM users")
        self._connection.unregister("users")

    def forget_unused_names(self) -> None:
        """Names that no journey has any more."""
        for kind in ("attribute", "value"):
            self._connection.execute(
                f"DELETE FROM names WHERE kind = '{kind}' "
                f"AND code NOT IN (SELECT {kind} FROM attributes)"
            )

    def _asked(self, conditions: list[str], ask: Callable[[str], str]) -> Iterator[Any]:
        for condition in conditions:
            yield from self._reading.batches(ask(condition))

    def _told(self, batches: Iterator[Any]) -> Iterator[Any]:
        done = 0
        for batch in batches:
            yield batch
            done += batch.num_rows
            if self._tell is not None:
                self._tell(done)

    def _pour(self, batches: Iterator[Any], schema: Any, into: str, after: str = "") -> None:
        import duckdb  # noqa: PLC0415 -- slow import

        reader = pa.RecordBatchReader.from_batches(schema, self._kept_apart(batches))
        self._connection.register("poured", reader)
        chosen = into if "SELECT" in into else f"{into} SELECT *"
        try:
            self._connection.execute(f"{chosen} FROM poured {after}")
        except duckdb.Error:
            if self._failed is not None:
                raise self._failed from None
            raise
        self._connection.unregister("poured")

    def _kept_apart(self, batches: Iterator[Any]) -> Iterator[Any]:
        """What goes wrong with the records is theirs, though DuckDB is who asks for the rows."""
        try:
            yield from batches
        except Exception as error:
            self._failed = error
            raise


_NEW_NAMES = """
INSERT INTO names SELECT '{kind}',
    (SELECT COALESCE(MAX(code), 0) FROM names WHERE kind = '{kind}') + ROW_NUMBER() OVER (ORDER BY said.name),
    said.name
FROM (SELECT {kind} AS name FROM said_of_journey UNION SELECT {kind} FROM said_of_account) AS said
WHERE said.name NOT IN (SELECT name FROM names WHERE kind = '{kind}')
"""
# `only`: of an account's journeys those that are made anew; the others still have theirs.
_ATTRIBUTES = """
INSERT INTO attributes
SELECT said.journey, CAST(a.code AS SMALLINT), CAST(arg_min(v.code, said.place) AS INTEGER)
FROM (
    SELECT journey, place, attribute, value FROM said_of_journey
    UNION ALL
    SELECT c.journey, s.place, s.attribute, s.value
    FROM said_of_account AS s JOIN accounts AS c ON c.account = s.account {only}
) AS said
JOIN names AS a ON a.kind = 'attribute' AND a.name = said.attribute
JOIN names AS v ON v.kind = 'value' AND v.name = said.value
WHERE said.journey IN (SELECT journey FROM entries)
GROUP BY said.journey, a.code
"""
