"""What tests of more than one folder share: data beside the checkout, a PostgreSQL, a browser."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPOSITORY = Path(__file__).parent.parent
IN_CI = bool(os.environ.get("CI"))

# In CI the same examples every time; on a desk new ones, and failing ones are remembered.
settings.register_profile("ci", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if IN_CI else "desk")


def _is_missing(what: str) -> NoReturn:
    """Skip on a desk. In CI everything is installed, so there it is a failure."""
    reason = f"{what} `./kyogyo test` installs it on Debian when run as root."
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of example exports, which lies beside the checkout and not in it."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("shared data folder is not here: it belongs beside the checkout, shared/data")
    return folder


def _postgres_programs() -> Path | None:
    """The folder with initdb and pg_ctl: Debian keeps one a version, off the PATH."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    return Path(found).parent if found else None


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of this test run alone, on a socket in a folder of its own."""
    programs = _postgres_programs()
    if programs is None:
        _is_missing("PostgreSQL is not installed.")
    # PostgreSQL refuses to run as root; Debian's package brings the user postgres.
    user = "postgres" if os.geteuid() == 0 else None
    # A short path: the name of a socket may have 107 bytes, which pytest's own folders can exceed.
    folder = Path(tempfile.mkdtemp(prefix="kyogyo-postgres-"))
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    log = folder / "log"

    def run(program: str, *words: str) -> None:
        done = subprocess.run(
            [programs / program, "-D", folder / "data", *words],
            user=user,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            told = log.read_text() if log.exists() else ""
            pytest.fail(f"{program} failed: {done.stderr}{told}")

    try:
        run("initdb", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        server = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run("pg_ctl", "start", "-w", "-l", str(log), "-o", server)
        yield f"postgresql://postgres@/postgres?host={folder}"
        run("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_looked_for_once() -> Iterator[None]:
    """Every test client loads the middleware anew, and half a page's time went into finding the same files again."""
    # Slow imports that the other parts of the tests need, too.
    from django.conf import settings as django_settings  # noqa: PLC0415 -- slow import
    from whitenoise.middleware import WhiteNoiseMiddleware  # noqa: PLC0415 -- slow import

    look = WhiteNoiseMiddleware.add_files_from_finders
    seen: dict[tuple[str, ...], dict[str, object]] = {}

    def look_once(self: WhiteNoiseMiddleware) -> None:
        # All that decides which files there are and with which headers they go out.
        asked = (self.static_prefix, self.max_age, self.allow_all_origins, self.charset)
        found_by = (
            django_settings.STATICFILES_FINDERS,
            django_settings.STATICFILES_DIRS,
            django_settings.INSTALLED_APPS,
        )
        key = tuple(map(repr, (*asked, *found_by)))
        if key not in seen:
            look(self)
            seen[key] = dict(self.files)
        self.files.update(seen[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@pytest.fixture(autouse=True)
def _history_may_go(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that really commits, the tables are emptied: history lets that happen only in an erasure."""
    marker = request.node.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    if not commits and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    # Slow imports that only these tests need.
    from django.db import connection  # noqa: PLC0415 -- slow import

    from kyogyo.records.guards import NEVER_DELETED, ONLY_ADDED_TO  # noqa: PLC0415 -- slow import
    from kyogyo.records.models import Erasure  # noqa: PLC0415 -- slow import

    Erasure.objects.create(what="a test")
    # The tables are emptied in any order: these must be before the row that allows it is gone.
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for noun in (*ONLY_ADDED_TO, *NEVER_DELETED):
            if connection.vendor == "sqlite":
                cursor.execute(f"DELETE FROM records_{noun}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The installed Chromium without a window, driven by Playwright.

    It lives for one module: while it runs, its thread has an event loop, and no other can start.
    """
    executable = shutil.which("chromium")
    if executable is None:
        _is_missing("Chromium is not installed.")
    # A slow import that only browser tests need.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- slow import

    switches = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=switches)
        yield browser
        browser.close()
