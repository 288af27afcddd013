"""Rules about the repository itself: what its files may hold, and that its words stay true."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest

import kyogyo

REPOSITORY = Path(__file__).parent.parent
PACKAGE = REPOSITORY / "src" / "kyogyo"

# Put together from pieces, since this file is searched too.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(host))
        for host in [
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("yarnpkg", "com"),
            ("deb", "debian", "org"),
            ("crates", "io"),
        ]
    )
)
FOLDERS_OF_A_MACHINE = re.compile(r"(?<![A-Za-z0-9_.~/-])/(wor[k]|far[m]|roo[t]|hom[e]|User[s])/")


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = (REPOSITORY / name for name in listed.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        text = content.decode("utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(REPOSITORY)}:{number}")
    return found


def test_no_file_names_a_package_registry() -> None:
    assert lines_matching(REGISTRIES) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert lines_matching(FOLDERS_OF_A_MACHINE) == []


@pytest.mark.parametrize("name", ["bootstrap", "core", "dev"])
def test_lock_pins_every_package_by_hash_and_no_address(name: str) -> None:
    lock = (REPOSITORY / "requirements" / f"{name}.txt").read_text()

    entries = re.split(r"\n(?=\S)", lock.strip())

    assert "://" not in lock
    assert [e.split("\n")[0] for e in entries if "==" not in e or "--hash=sha256:" not in e] == []


def test_dev_lock_holds_the_core_lock() -> None:
    """`./kyogyo` keeps an environment that ran the tests on the lock of the tests alone."""

    def entries(name: str) -> set[str]:
        text = (REPOSITORY / "requirements" / f"{name}.txt").read_text()
        return set(re.findall(r"^\S+==[^\\\n]+", text, re.MULTILINE))

    assert entries("core") - entries("dev") == set()


def test_architecture_page_is_short_and_names_every_part() -> None:
    page = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
    parts = [
        path.name if path.is_dir() else path.stem
        for path in sorted(PACKAGE.iterdir())
        if path.is_dir() or path.suffix == ".py"
    ]
    named = set(re.findall(r"\w+", page))

    assert [part for part in parts if not part.startswith("__") and part not in named] == []
    assert len(page.splitlines()) <= 150


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
@pytest.mark.parametrize("command", ["./kyogyo demo", "./kyogyo test"])
def test_readme_holds_the_two_commands(name: str, command: str) -> None:
    assert command in (REPOSITORY / name).read_text(encoding="utf-8")


def test_changelog_starts_with_this_version() -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["version"] in changelog
    assert project["version"] == kyogyo.__version__


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "common", "helpers", "helper", "core", "misc"}

    found = [path for path in PACKAGE.rglob("*") if path.stem in drawers]

    assert found == []


def test_lazy_import_says_why() -> None:
    reasons = {"slow import", "optional dependency", "needs django.setup()"}
    waived = re.compile(r"# noqa: [A-Z0-9, ]*PLC0415(?: -- (.+))?")

    found = [
        f"{path.relative_to(REPOSITORY)}: {match.group(0)}"
        for path in PACKAGE.rglob("*.py")
        for match in waived.finditer(path.read_text(encoding="utf-8"))
        if match.group(1) not in reasons
    ]

    assert found == []


def test_links_between_pages_lead_somewhere() -> None:
    link = re.compile(r"""\]\(<?([^)\s>]+)|(?:src|href)="([^"]+)\"""")
    elsewhere = re.compile(r"^([a-z][a-z0-9+.-]*:|#|/)", re.IGNORECASE)
    broken = []

    for page in tracked_files():
        if page.suffix != ".md":
            continue
        prose = re.sub(
            r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        for match in link.finditer(prose):
            target = match.group(1) or match.group(2)
            if elsewhere.match(target):
                continue
            if not (page.parent / unquote(target.split("#")[0].split("?")[0])).exists():
                broken.append(f"{page.relative_to(REPOSITORY)} -> {target}")

    assert broken == []
