"""What the environment sets: each variable is documented, wrong ones stop the start, production is safe."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kyogyo.config.environment import read_flag, read_list, read_number, read_text
from kyogyo.config.secret import keep_secret
from kyogyo.config.sign_on import form_origins, read_providers
from kyogyo.errors import SettingError

REPOSITORY = Path(__file__).parents[2]
DOCUMENT = REPOSITORY / "docs" / "settings.md"
_READERS = {"read_text", "read_flag", "read_list", "read_number", "_whole", "get"}


def _variables_read() -> set[str]:
    """Every KYOGYO_ name that is handed to a reader anywhere in the source."""
    found: set[str] = set()
    for path in (REPOSITORY / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                words = [a.value for a in node.args if isinstance(a, ast.Constant)]
                if name in _READERS:
                    found |= {str(word) for word in words if str(word).startswith("KYOGYO_")}
    return found


def test_every_variable_is_documented_and_no_other() -> None:
    documented = re.findall(r"^\| `(KYOGYO_[A-Z_]+)`", DOCUMENT.read_text("utf-8"), re.MULTILINE)

    assert sorted(documented) == sorted(_variables_read())


def test_text_is_read_from_a_file_where_one_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("KYOGYO_X", "from the variable")
    monkeypatch.setenv("KYOGYO_X_FILE", str(tmp_path / "key"))

    assert read_text("KYOGYO_X") == "from the file"


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("TRUE", True), ("0", False), ("", True)]
)
def test_flag_is_one_or_zero(monkeypatch: pytest.MonkeyPatch, value: str, expected: object) -> None:
    monkeypatch.setenv("KYOGYO_X", value)

    assert read_flag("KYOGYO_X", default=True) is expected


def test_what_is_no_flag_or_number_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KYOGYO_X", "yes please")

    with pytest.raises(SettingError, match="KYOGYO_X"):
        read_flag("KYOGYO_X")
    with pytest.raises(SettingError, match="KYOGYO_X"):
        read_number("KYOGYO_X", 1)


def test_list_is_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KYOGYO_X", "a, b,,c ")

    assert read_list("KYOGYO_X") == ["a", "b", "c"]


def test_secret_is_made_once_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    made = keep_secret(tmp_path)

    assert keep_secret(tmp_path) == made
    assert len(made) >= 50
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_secret_without_a_folder_is_not_kept(tmp_path: Path) -> None:
    assert keep_secret(tmp_path / "absent") != keep_secret(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()


def test_secret_that_was_not_written_whole_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("")

    assert len(keep_secret(tmp_path)) >= 50
    assert keep_secret(tmp_path) == keep_secret(tmp_path)


def test_half_a_single_sign_on_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KYOGYO_OIDC_URL", "https://login.example.com/tenant")

    with pytest.raises(SettingError, match="KYOGYO_OIDC_CLIENT_ID"):
        read_providers()


def test_sign_in_may_send_the_browser_to_the_configured_providers_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "KYOGYO_OIDC_URL": "https://login.example.com/tenant",
        "KYOGYO_OIDC_CLIENT_ID": "id",
        "KYOGYO_OIDC_CLIENT_SECRET": "secret",
        "KYOGYO_SAML_ENTITY_ID": "urn:idp",
        "KYOGYO_SAML_SSO_URL": "https://saml.example.com/sso",
        "KYOGYO_SAML_CERTIFICATE": "MII",
        "KYOGYO_SSO_ORIGINS": "https://accounts.example.com",
    }.items():
        monkeypatch.setenv(name, value)

    assert form_origins(read_providers()) == [
        "https://login.example.com",
        "https://saml.example.com",
        "https://accounts.example.com",
    ]


_ASK = """
import django, json
from django.conf import settings
from django.core.management import call_command
django.setup()
call_command("check", "--deploy", fail_level="WARNING")
names = ["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS",
         "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_HTTPONLY", "DEBUG"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def test_production_is_clean_and_speaks_https_only(tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KYOGYO_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", _ASK],
        env={
            **kept,
            "DJANGO_SETTINGS_MODULE": "kyogyo.config.settings",
            "KYOGYO_HOME": str(tmp_path),
            "KYOGYO_URL": "https://kyogyo.example.com",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].startswith("System check identified no issues")
    assert ast.literal_eval(
        done.stdout.splitlines()[-1].replace("true", "True").replace("false", "False")
    ) == {
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]", "kyogyo.example.com"],
        "CSRF_TRUSTED_ORIGINS": ["https://kyogyo.example.com"],
        "SESSION_COOKIE_HTTPONLY": True,
        "DEBUG": False,
    }
