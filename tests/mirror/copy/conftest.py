"""Records to be copied, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import psycopg
import pytest

from kyogyo.mirror.copy import Source
from tests.mirror.copy.records import Records, migrate, sqlite_records


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the tables of this version and nothing in them."""
    home = tmp_path_factory.mktemp("template")
    migrate(home, KYOGYO_DATABASE_URL="")
    path = home / "kyogyo.sqlite3"
    connection = Records(Source("sqlite", str(path)), home).connect()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="session")
def make_postgres(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Path], Records]]:
    """Makes databases with the tables of this version and nothing in them."""
    folder = parse_qs(urlsplit(postgres_url).query)["host"][0]
    template = f"template_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {template}")
    migrate(
        tmp_path_factory.mktemp("template"),
        KYOGYO_DATABASE_URL=f"postgresql://postgres@/{template}",
        PGHOST=folder,
    )
    made: list[str] = []

    def make(home: Path) -> Records:
        name = f"copied_{uuid4().hex}"
        made.append(name)
        with psycopg.connect(postgres_url, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return Records(
            Source("postgresql", f"postgresql://postgres@/{name}?host={folder}"), home / "home"
        )

    yield make
    with psycopg.connect(postgres_url, autocommit=True) as server:
        for name in (*made, template):
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Records:
    """A set-up organisation in which nothing happened yet, on each database."""
    if request.param == "sqlite":
        made = sqlite_records(request.getfixturevalue("sqlite_template"), tmp_path / "home")
    else:
        made = request.getfixturevalue("make_postgres")(tmp_path)
    made.adopt()
    return made


@pytest.fixture
def sqlite_only(sqlite_template: Path, tmp_path: Path) -> Records:
    """As `records`, on SQLite alone."""
    made = sqlite_records(sqlite_template, tmp_path / "home")
    made.adopt()
    return made
