"""The four kinds of statement, and which of their columns say what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`keys` say what a statement is about, `values` what it says, `carried` come along unseen.

    Of values in `optional`, 0 means that the file doesn't know, which contradicts nothing.
    """

    name: str
    keys: tuple[str, ...]
    values: tuple[str, ...]
    carried: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The temporary table of what the file coming in says."""
        return f"said_{self.name}"

    @property
    def stated(self) -> str:
        """The table of what files say."""
        return f"stated_{self.name}"

    @property
    def columns(self) -> tuple[str, ...]:
        return self.keys + self.values + self.carried


ENTRIES = Kind(
    name="entries",
    keys=("journey", "stage", "at_us"),
    values=("track", "department", "owner", "amount", "prec", "event"),
    carried=("row", "seq", "day", "month", "recorded_at"),
    optional=("track", "department", "owner", "amount", "event"),
)
ACCOUNTS = Kind(name="accounts", keys=("journey",), values=("account",), carried=("row",))
ATTRIBUTES = Kind(
    name="attributes", keys=("keyed", "key", "attribute"), values=("value",), carried=("row",)
)
REVENUE = Kind(
    name="revenue",
    keys=("account", "period_start", "period_end"),
    values=("amount",),
    carried=("row", "seq", "at_us", "day", "month", "prec"),
)
KINDS = (ENTRIES, ACCOUNTS, ATTRIBUTES, REVENUE)


# Of which staged tables and columns the names of each kind are taken.
NAMED = {
    "journey": (
        ("staged_entries", "journey", ""),
        ("staged_accounts", "journey", ""),
        ("staged_attributes", "key", "keyed = 1"),
    ),
    "account": (
        ("staged_accounts", "account", ""),
        ("staged_revenue", "account", ""),
        ("staged_attributes", "key", "keyed = 2"),
    ),
    "owner": (("staged_entries", "owner", ""),),
    "attribute": (("staged_attributes", "attribute", ""),),
    "value": (("staged_attributes", "value", ""),),
}


def listed(columns: tuple[str, ...], *, of: str = "") -> str:
    """Columns with a table's alias before each: `a.x, a.y`."""
    prefix = f"{of}." if of else ""
    return ", ".join(f"{prefix}{column}" for column in columns)


def equal(columns: tuple[str, ...], left: str, right: str) -> str:
    """The condition that two rows agree on `columns`."""
    return " AND ".join(f"{left}.{column} = {right}.{column}" for column in columns)
