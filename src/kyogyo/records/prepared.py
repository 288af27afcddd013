"""Questions to the database whose SQL is made once in a process and asked again with other values.

Django makes the text of a query anew each time; for the small questions of a page that costs several
times what the database needs for the answer. A function with `@prepared` writes such a question as a
query set, as anywhere else. Its text is kept by the shape of its arguments: what is None or a flag,
and how many values a list has. The rest are values, put where they belong each time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import QuerySet

P = ParamSpec("P")
R = TypeVar("R")

# Stand in for the values while the text is made. Nobody's id, day or name is one of them.
_INT, _MOMENT, _DAY, _TEXT = (
    2_000_000_000,
    datetime(2999, 1, 1, tzinfo=UTC),
    date(2999, 1, 1),
    "\ue000",
)
_KEPT = "_kyogyo_prepared"
_MOST_SHAPES = 1_000


@dataclass(frozen=True, slots=True)
class _Place:
    """Which value goes to a place in the SQL: of argument `name`, the one at `at` of a list; `wrap` is the driver's type."""

    name: str
    at: int
    wrap: Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Question:
    """The text of a question, and how its rows are read. `sql` None: whatever the values, nothing fits it."""

    sql: str | None
    places: tuple[_Place | Any, ...] = ()
    read: Callable[[Iterable[Any]], list[Any]] = list


def prepared(make: Callable[P, QuerySet[Any, R]]) -> Callable[P, list[R]]:
    """The rows of the query set that `make` returns, all at once, its SQL made once for each shape.

    `make` takes keyword arguments: ids, texts, moments and days (values), lists of them, and flags or
    None (which may change what is asked; values may not). It may select related rows, or values.
    """
    key = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def ask(*args: P.args, **given: P.kwargs) -> list[R]:
        if args:
            msg = f"{key} takes keyword arguments."
            raise TypeError(msg)
        connection = connections["default"]
        kept: dict[Any, _Question] = connection.__dict__.setdefault(_KEPT, {})
        values = {name: _listed(value) for name, value in given.items()}
        shape = (key, *((name, _shape(value)) for name, value in sorted(values.items())))
        question = kept.get(shape)
        if question is None:
            if len(kept) >= _MOST_SHAPES:
                kept.clear()
            question = kept[shape] = _make(make, values, connection)
        return _ask(question, values, connection)

    return ask


def _listed(value: Any) -> Any:
    """Lists in one of few lengths, the last value repeated: so they have few shapes."""
    if isinstance(value, str) or not isinstance(value, Collection):
        return value
    known = tuple(value)
    size = 1 << max(0, len(known) - 1).bit_length()
    return known + known[-1:] * (size - len(known)) if known else ()


def _shape(value: Any) -> Any:
    if isinstance(value, tuple):
        return (len(value), type(value[0]) if value else None)
    if value is None or isinstance(value, bool):
        return value
    return type(value)


def _ask(question: _Question, values: dict[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
    if question.sql is None:
        return []
    sent = [
        _sent(one, values, connection) if isinstance(one, _Place) else one
        for one in question.places
    ]
    with connection.cursor() as cursor:
        cursor.execute(question.sql, sent)
        return question.read(cursor.fetchall())


def _sent(place: _Place, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Any:
    value = values[place.name]
    adapted = _adapt(value[place.at] if isinstance(value, tuple) else value, connection)
    return place.wrap(adapted) if place.wrap else adapted


def _adapt(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """A value as the driver takes it, as Django's fields would make it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def _make(
    make: Callable[..., QuerySet[Any, Any]],
    values: dict[str, Any],
    connection: BaseDatabaseWrapper,
) -> _Question:
    stand_ins: dict[Any, tuple[str, int]] = {}
    given = {name: _stand_in(name, value, stand_ins) for name, value in values.items()}
    asked = make(**given)
    if asked._prefetch_related_lookups:  # type: ignore[attr-defined]  # noqa: SLF001 -- what is read here is Django's own
        msg = "A prepared question can't prefetch: ask for the related rows by another."
        raise TypeError(msg)
    compiler = asked.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Question(None)
    by_adapted = {_adapt(one, connection): place for one, place in stand_ins.items()}
    places = [_place(param, by_adapted) for param in params]
    used = {(one.name, one.at) for one in places if isinstance(one, _Place)}
    if unused := set(stand_ins.values()) - used:
        msg = f"{make.__qualname__}: {sorted(unused)} aren't where a value can be put."
        raise TypeError(msg)
    return _Question(sql, tuple(places), _reader(asked, compiler, connection))


def _stand_in(name: str, value: Any, stand_ins: dict[Any, tuple[str, int]]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return tuple(_one(name, at, one, stand_ins) for at, one in enumerate(value))
    return _one(name, 0, value, stand_ins)


def _one(name: str, at: int, value: Any, stand_ins: dict[Any, tuple[str, int]]) -> Any:
    number = len(stand_ins) + 1
    made: Any
    if isinstance(value, datetime):
        made = _MOMENT + timedelta(seconds=number)
    elif isinstance(value, date):
        made = _DAY + timedelta(days=number)
    elif isinstance(value, int):
        made = _INT + number
    elif isinstance(value, str):
        made = f"{_TEXT}{number}"
    else:
        msg = f"{name} is a {type(value).__name__}: no value that can be put into a question later."
        raise TypeError(msg)
    stand_ins[made] = (name, at)
    return made


def _place(param: Any, by_adapted: dict[Any, tuple[str, int]]) -> Any:
    try:
        found = by_adapted.get(param)
    except TypeError:  # a list, which is no value of ours
        return param
    if found is None:
        return param
    # PostgreSQL's driver marks the width of a number by a type of its own.
    wrap = type(param) if isinstance(param, int) and type(param) is not int else None
    return _Place(found[0], found[1], wrap)


def _reader(
    asked: QuerySet[Any, Any], compiler: Any, connection: BaseDatabaseWrapper
) -> Callable[[Iterable[Any]], list[Any]]:
    """How the rows become what the query set would have given: as in `django.db.models.query`."""
    converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
    kind = asked._iterable_class  # noqa: SLF001 -- what is read here is Django's own

    def convert(rows: Iterable[Any]) -> Iterable[Any]:
        return compiler.apply_converters(rows, converters) if converters else rows

    if kind is FlatValuesListIterable:
        return lambda rows: [row[0] for row in convert(rows)]
    if kind is ValuesListIterable:
        return lambda rows: [tuple(row) for row in convert(rows)]
    if kind is not ModelIterable:
        msg = f"A prepared question gives objects or value lists, no {kind.__name__}."
        raise TypeError(msg)
    select, klass, more = compiler.select, compiler.klass_info, compiler.annotation_col_map
    first, last = klass["select_fields"][0], klass["select_fields"][-1] + 1
    names = [one[0].target.attname for one in select[first:last]]
    # The stubs are those of a later Django, where it takes one more.
    related = get_related_populators(klass, select, connection.alias)  # type: ignore[call-arg]

    def read(rows: Iterable[Any]) -> list[Any]:
        found = []
        for row in convert(rows):
            made = klass["model"].from_db(connection.alias, names, row[first:last])
            for populator in related:
                populator.populate(row, made)
            for name, column in (more or {}).items():
                setattr(made, name, row[column])
            found.append(made)
        return found

    return read
