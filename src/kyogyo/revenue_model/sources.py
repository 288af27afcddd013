"""How one file of data maps onto the model: a `[[sources]]` section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from kyogyo.revenue_model.parts import Code, Declared, Said, Zone

Shape = Literal["record", "events", "history", "revenue", "attributes"]
DateOrder = Literal["ymd", "mdy", "dmy"]


class Columns(Declared):
    """Which column of the file holds what. Each value is a column's name as the file writes it."""

    journey: Said | None = None
    account: Said | None = None
    stage: Said | None = None
    at: Said | None = None
    field: Said | None = None
    old: Said | None = None
    new: Said | None = None
    recorded_at: Said | None = None
    owner: Said | None = None
    department: Said | None = None
    amount: Said | None = None
    currency: Said | None = None
    person: Said | None = None
    source: Said | None = None
    campaign: Said | None = None
    segment: Said | None = None
    period: Said | None = None
    event_id: Said | None = None


class Status(Declared):
    """A column that holds the state a record ended in, and the column with its date."""

    column: Said
    values: Mapping[Said, Code] = Field(min_length=1)
    at: Said


class Source(Declared):
    """How the files that match `file` map onto the model.

    `shape`: 'record' (a row a record, a date column a stage), 'events' (a row an event),
    'history' (a row a change of a field), 'revenue' (a row an account and period),
    'attributes' (a row a journey or account, with what is known about it).
    """

    name: Code
    file: Said
    shape: Shape
    track: Code | None = None
    time_zone: Zone | None = None
    dates: DateOrder | None = None
    sheet: Said | None = None
    encoding: Said | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    columns: Columns = Columns()
    stages: Mapping[Code, Said] = Field(default_factory=dict)
    stage_owner: Mapping[Code, Said] = Field(default_factory=dict)
    stage_amount: Mapping[Code, Said] = Field(default_factory=dict)
    stage_values: Mapping[Said, Code] = Field(default_factory=dict)
    history_field: Said | None = None
    status: Status | None = None
    attributes: Mapping[Code, Said] = Field(default_factory=dict)
    key: Literal["journey", "account"] = "journey"
    enters: Code | None = None
    ignore: tuple[Said, ...] = ()
    ignore_values: tuple[Said, ...] = ()
