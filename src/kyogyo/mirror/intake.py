"""One file coming in: staged in a transaction, compared with what is known, kept or dropped whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kyogyo.mirror import comparison, current, observations, portion, settlement
from kyogyo.mirror.portion import Delivery, Portion, Verdict
from kyogyo.words import Lang, Text, date

if TYPE_CHECKING:
    import pyarrow as pa

    from kyogyo.mirror.store import Store

_TABLES = {
    "staged_entries": portion.ENTRIES,
    "staged_accounts": portion.ACCOUNTS,
    "staged_attributes": portion.ATTRIBUTES,
    "staged_revenue": portion.REVENUE,
    "staged_rows": portion.ROWS,
    "set_aside": portion.SET_ASIDE,
}


# In a log every row repeats what is known of its case: one statement of each is kept, with the
# first and the `last` row that make it.
_SEVERAL = ("staged_accounts", "staged_attributes")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery's rows. `rows` = taken + unchanged + refused + ignored, always.

    `retracted` counts the rows of the file's earlier version of which something no longer holds;
    `changed` is False when the store already knew everything the file says.
    """

    rows: int
    taken: int
    unchanged: int
    refused: int
    ignored: int
    retracted: int
    changed: bool
    notes: tuple[Text, ...]


class Intake:
    """The transaction of one delivery: `add` its portions, `settle`, then `keep` or leave.

    Leaving the `with` statement without `keep` undoes everything: an error, a dry run, a killed
    process all leave the store as it was.
    """

    def __init__(self, *, store: Store, delivery: Delivery) -> None:
        self.store = store
        self.delivery = delivery
        self._connection = store.connection
        self._open = False
        self._staged: set[str] = set()

    def __enter__(self) -> Self:
        if not self.store.is_in_transaction:
            self._connection.execute("BEGIN")
            self._open = True
        comparison.begin(self._connection)
        for name, columns in _TABLES.items():
            shape = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            if name in _SEVERAL:
                shape += ", last INTEGER"
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({shape})")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._open:
            self._open = False
            self._connection.execute("ROLLBACK")

    def add(self, portion: Portion) -> None:
        """Stage some rows of the file."""
        self._stage("staged_rows", portion.rows)
        self._stage("set_aside", portion.set_aside)
        self._stage("staged_entries", portion.entries)
        self._stage("staged_accounts", portion.accounts)
        self._stage("staged_revenue", portion.revenue)
        self._stage("staged_attributes", portion.attributes)

    def _stage(self, name: str, table: pa.Table | None) -> None:
        if table is None or table.num_rows == 0:
            return
        columns = ", ".join(f'"{column}"' for column in _TABLES[name])
        chosen, tail = columns, ""
        if name in _SEVERAL:
            chosen, columns = f"{columns}, row", f"{columns}, last"
            if self.delivery.has_entries:
                says = ", ".join(f'"{column}"' for column in list(_TABLES[name])[1:])
                chosen, tail = f"MIN(row), {says}, MAX(row)", f" GROUP BY {says}"
        self._staged.add(name)
        self._connection.register("portion", table)
        self._connection.execute(
            f"INSERT INTO {name} ({columns}) SELECT {chosen} FROM portion{tail}"
        )
        self._connection.unregister("portion")

    def settle(self) -> Outcome:
        """Compare the file with what is known and put it in place, within the transaction."""
        connection, delivery = self._connection, self.delivery
        file = settlement.number_of(connection, delivery=delivery)
        settlement.give_codes(
            connection, delivery=delivery, seq_base=_seq_base(delivery), staged=self._staged
        )
        notes = list(observations.of_history(connection, delivery=delivery))
        compared = comparison.compare(
            connection,
            kinds=settlement.kinds_of(connection, file=file.number),
            file=file.number,
            is_new=file.is_new,
            has_entries=delivery.has_entries,
        )
        counts = self._count()
        if settlement.put_in_place(
            connection, delivery=delivery, file=file, compared=compared, counts=counts
        ):
            current.renew(connection, model=self.store.model)
        notes += observations.of_state(connection, delivery=delivery)
        notes += compared.notes
        if compared.retracted:
            notes.insert(0, self._replaces(compared.retracted, since=file.imported_at))
        return Outcome(
            rows=sum(counts.values()),
            taken=counts[Verdict.TAKEN],
            unchanged=counts[Verdict.UNCHANGED],
            refused=counts[Verdict.REFUSED],
            ignored=counts[Verdict.IGNORED],
            retracted=compared.retracted,
            changed=compared.changed,
            notes=tuple(notes),
        )

    def _replaces(self, retracted: int, *, since: int) -> Text:
        """Says that an earlier version gives way, and how to keep both."""
        day = date(since, zone=self.store.model.time_zone)
        name = self.delivery.label.partition(":")[2]
        return Text(
            en=f"Replaces what {name} said when it was imported on {day}: rows of it that no longer "
            f"hold: {retracted:,}. If both should count, import this one under another name (--as).",
            ja=f"{day} に取り込んだ {name} の内容を置き換えます。取り消される行: {retracted:,}。両方とも数える場合は、"
            "--as で別の名前を付けて取り込んでください。",
        )

    def verdicts(self, *, lang: Lang) -> pa.RecordBatchReader:
        """The verdict of every row, in order, after `settle`: row, line, verdict, journey, reason, cells."""
        return comparison.verdicts(self._connection, lang=lang)

    def keep(self) -> None:
        """Commit what was settled."""
        if self._open:
            self._connection.execute("COMMIT")
            self._open = False

    def reasons(self, *, most: int = 5) -> tuple[tuple[Text, int, int], ...]:
        """The most frequent reasons of refusals, each with its count and its first row."""
        found = self._connection.execute(
            "SELECT en, ja, COUNT(*), MIN(row) FROM set_aside WHERE verdict = ? "
            "GROUP BY en, ja ORDER BY COUNT(*) DESC, MIN(row) LIMIT ?",
            [int(Verdict.REFUSED), most],
        ).fetchall()
        return tuple((Text(en=en, ja=ja), count, row) for en, ja, count, row in found)

    def _count(self) -> dict[Verdict, int]:
        found = dict(
            self._connection.execute(
                "SELECT verdict, COUNT(*) FROM row_verdicts GROUP BY verdict"
            ).fetchall()
        )
        return {verdict: found.get(int(verdict), 0) for verdict in Verdict}


def _seq_base(delivery: Delivery) -> int:
    """Where the tie-breaks of a file begin: by the place of its source, then by its label.

    Independent of what was imported before, so that any way of importing the same files orders
    entries of the same instant the same.
    """
    digest = hashlib.sha256(delivery.label.encode()).digest()
    return (delivery.place & 0x3FF) << 53 | (int.from_bytes(digest[:2]) & 0x7FFF) << 38
