"""Numbers for the model's words, which stay the same when the model is rearranged.

What files state is kept under the store's own codes of stages, tracks and departments (table
`codes`, only ever added to), while the current state uses the model's positions. So inserting a
stage into a model changes nothing that was stated; only the current state is made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyogyo.errors import StoreError

if TYPE_CHECKING:
    import duckdb

    from kyogyo.revenue_model import RevenueModel


def shape_of(model: RevenueModel) -> dict[str, object]:
    """Everything of a model that the current state depends on."""
    return {
        "stages": [[stage.code, stage.department, stage.type] for stage in model.stages],
        "departments": [department.code for department in model.departments],
        "tracks": [[track.code, track.stages, track.exits] for track in model.tracks],
    }


def _words(model: RevenueModel) -> dict[str, list[str]]:
    return {
        "stage": [stage.code for stage in model.stages],
        "track": [track.code for track in model.tracks],
        "department": [department.code for department in model.departments],
    }


def declare(connection: duckdb.DuckDBPyConnection, *, model: RevenueModel) -> None:
    """Give a code to each word of the model that has none yet."""
    for kind, words in _words(model).items():
        known = connection.execute("SELECT code, name FROM codes WHERE kind = ?", [kind]).fetchall()
        new = [word for word in words if word not in {name for _, name in known}]
        first = max((code for code, _ in known), default=0) + 1
        for code, word in enumerate(new, start=first):
            connection.execute("INSERT INTO codes VALUES (?, ?, ?)", [kind, code, word])


def number(connection: duckdb.DuckDBPyConnection, *, path: str, model: RevenueModel) -> None:
    """Make the temporary tables that lead from the store's codes to the model's positions.

    `model_words` (kind, code, number), `model_stages` (number, department, won) and `model_paths`
    (track, stage, place). Raises StoreError when entries are kept under a word that the model
    no longer has.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE model_words (kind VARCHAR, code SMALLINT, number SMALLINT);"
        "CREATE OR REPLACE TEMP TABLE model_stages (number SMALLINT, department SMALLINT, won BOOLEAN);"
        "CREATE OR REPLACE TEMP TABLE model_paths (track SMALLINT, stage SMALLINT, place SMALLINT)"
    )
    for kind, words in _words(model).items():
        for position, word in enumerate(words, start=1):
            connection.execute(
                "INSERT INTO model_words SELECT kind, code, ? FROM codes WHERE kind = ? AND name = ?",
                [position, kind, word],
            )
        _require_used(connection, path=path, kind=kind)
    for position, stage in enumerate(model.stages, start=1):
        connection.execute(
            "INSERT INTO model_stages VALUES (?, ?, ?)",
            [position, model.department_number(stage.department), stage.type == "won"],
        )
    for position, track in enumerate(model.tracks, start=1):
        for place, code in enumerate(track.stages, start=1):
            _place(connection, position, model.stage_number(code), place)
        for code in track.exits:
            _place(connection, position, model.stage_number(code), 0)


def _place(connection: duckdb.DuckDBPyConnection, track: int, stage: int, place: int) -> None:
    connection.execute("INSERT INTO model_paths VALUES (?, ?, ?)", [track, stage, place])


def _require_used(connection: duckdb.DuckDBPyConnection, *, path: str, kind: str) -> None:
    lost = connection.execute(
        f"SELECT c.name, COUNT(*) FROM stated_entries AS s "
        f"JOIN codes AS c ON c.kind = ? AND c.code = s.{kind} "
        f"WHERE s.{kind} NOT IN (SELECT code FROM model_words WHERE kind = ?) "
        f"GROUP BY c.name ORDER BY c.name",
        [kind, kind],
    ).fetchall()
    if not lost:
        return
    en = ", ".join(f"{name!r} (entries: {count:,})" for name, count in lost)
    ja = "、".join(f"「{name}」({count:,} 件)" for name, count in lost)
    raise StoreError(
        en=f"{path} holds entries under a {kind} that the model no longer has: {en}. Put it back "
        "into the model, or import the files again into a new store.",
        ja=f"{path} には、モデルにもうないコードの記録があります: {ja}。モデルに戻すか、新しい保存先に"
        "もう一度取り込んでください。",
    )
