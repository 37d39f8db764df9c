"""The environment decides, and what is wrong in it stops the start: by name, with what to do."""

from __future__ import annotations

import json
import os
import re
import runpy
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.cache import CacheHandler
from django.core.exceptions import ImproperlyConfigured

from assets.imaging.credentials import certificates
from config import environment
from tests.standins.silent import silent_server

ROOT = Path(__file__).resolve().parent.parent
GOOD_KEY = "k" * 60

PRODUCTION = {
    "ALLOW_LOOPBACK_PROVIDERS": "0",
    "BROKER_URL": "redis://127.0.0.1:6379/0",
    "CACHE_URL": "redis://127.0.0.1:6379/1",
    "DATABASE_URL": "postgres://imprimatur:p%40ss@127.0.0.1:5432/imprimatur",
    "SECRET_KEY": "Zf3-unlike-any-other-key-0123456789-abcdefghijklmnopqrstuvwxyz",
    "SITE_URL": "https://pictures.example",
}


def start(folder: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the portal in an environment that holds nothing but `env`."""
    clean = environment_of(folder) | env
    return subprocess.run(
        [sys.executable, *command], env=clean, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def environment_of(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "VAR_DIR": str(folder)}


def read(folder: Path, **env: str) -> dict[str, Any]:
    """The file of the settings run anew, in an environment that holds nothing but `env`."""
    with mock.patch.dict(os.environ, environment_of(folder) | env, clear=True):
        return runpy.run_path(str(ROOT / "config" / "settings.py"))


def settings(folder: Path, *names: str, **env: str) -> Any:
    """The named settings as a start with `env` sees them."""
    whole = read(folder, **env)
    found = json.loads(json.dumps([whole[name] for name in names], default=str))
    return found if len(found) > 1 else found[0]


def complaint(folder: Path, **env: str) -> str:
    """What a start is refused with."""
    with pytest.raises(ImproperlyConfigured) as refused:
        read(folder, **env)
    return str(refused.value)


def test_with_nothing_set_the_portal_is_embedded(tmp_path: Path) -> None:
    databases, broker, storages = settings(tmp_path, "DATABASES", "BROKER_URL", "STORAGES")
    assert databases["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in databases["default"]["OPTIONS"]["init_command"]
    assert databases["default"]["NAME"] == str(tmp_path / "imprimatur.sqlite3")
    assert broker.startswith("filesystem:")
    assert storages["default"]["OPTIONS"]["location"] == str(tmp_path / "media")


def test_a_made_secret_key_stays_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = settings(tmp_path, "SECRET_KEY")
    assert len(first) >= 50
    assert settings(tmp_path, "SECRET_KEY") == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"secret_key", "c2pa_development.pem"}


def test_production_needs_a_secret_key_of_its_own(tmp_path: Path) -> None:
    words = complaint(tmp_path, DATABASE_URL=PRODUCTION["DATABASE_URL"])
    assert "SECRET_KEY is not set. Make one with" in words


def test_the_example_secret_key_is_refused(tmp_path: Path) -> None:
    example = next(line for line in (ROOT / ".env.example").read_text().splitlines() if line.startswith("#SECRET_KEY="))
    assert "SECRET_KEY is a published example" in complaint(tmp_path, SECRET_KEY=example.partition("=")[2])


def test_a_short_secret_key_is_refused(tmp_path: Path) -> None:
    assert "SECRET_KEY is shorter than 50 characters" in complaint(tmp_path, SECRET_KEY="short")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BROKER_URL", "kafka://127.0.0.1"),
        ("C2PA_CERTIFICATE", "nothing of the kind"),
        ("C2PA_TIMESTAMP_URL", "stamps.example"),
        ("C2PA_TRUST_ANCHORS", "/dev/null/anchors.pem"),
        ("CACHE_URL", "memcache://127.0.0.1"),
        ("DATABASE_URL", "mysql://127.0.0.1/x"),
        ("DATABASE_URL", "postgres://u:p@host:port/x"),
        ("DEBUG", "perhaps"),
        ("EMAIL_URL", "pigeon://x"),
        ("LOG_FORMAT", "xml"),
        ("LOG_HEAD_TO", "ftp://heads.example"),
        ("LOG_HEAD_TO", "http://heads.example"),
        ("LOG_HEAD_TO", "http://127.0.0.1/heads"),
        ("LOG_HEAD_TO", "s3://heads"),
        ("LOG_HEAD_TO", "https:///heads"),
        ("LOG_HEAD_TO", "https://[::1"),
        ("LOG_HEAD_TO", "/dev/null/heads"),
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("SITE_URL", "pictures.example"),
        ("SITE_URL", "http://[::1"),
        ("SITE_URL", "http://pictures.example:eighty"),
        ("SITE_URL", "https://pictures.example/portal"),
        ("SITE_URL", "https://pictures.example/?a=1"),
        ("SITE_URL", "https://pictures.example?"),
        ("SITE_URL", "https://pictures.example."),
        ("SITE_URL", "https://pictures.example#top"),
        ("SITE_URL", "https://ada:hunter2@pictures.example"),
        ("SITE_URL", "https://pictures .example"),
        ("SITE_URL", "https://*.example"),
        ("SITE_URL", "https://häuser.example"),
        ("SITE_URL", "http://[fe80::1%25eth0]:8000"),
        ("SITE_URL", "https://pictures.example,other.example"),
        ("STORAGE", "tape"),
        ("TEAM_TIME_ZONE", "Mars/Olympus"),
        ("TRUSTED_PROXIES", "-1"),
        ("UNDO_SECONDS", "20.5"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    other_half = {"C2PA_PRIVATE_KEY": "a key"} if name == "C2PA_CERTIFICATE" else {}
    words = complaint(tmp_path, SECRET_KEY=GOOD_KEY, **{name: value}, **other_half)
    assert words.startswith(f"{name} ")


@pytest.mark.parametrize(
    ("given", "kept", "host", "mail"),
    [
        ("https://pictures.example", "https://pictures.example", "pictures.example", "pictures.example"),
        ("https://Pictures.Example/", "https://pictures.example", "pictures.example", "pictures.example"),
        ("https://pictures.example:443", "https://pictures.example", "pictures.example", "pictures.example"),
        ("http://10.0.0.7:8000", "http://10.0.0.7:8000", "10.0.0.7", "[10.0.0.7]"),
        ("http://[::1]:8000", "http://[::1]:8000", "[::1]", "[IPv6:::1]"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]", "[2001:db8::1]", "[IPv6:2001:db8::1]"),
    ],
)
def test_the_site_is_where_browsers_say_it_is(tmp_path: Path, given: str, kept: str, host: str, mail: str) -> None:
    names = ("SITE_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DEFAULT_FROM_EMAIL")
    site, hosts, origins, sender = settings(tmp_path, *names, SITE_URL=given)
    assert (site, hosts[0], origins, sender) == (kept, host, [kept], f"imprimatur@{mail}")


def test_a_password_in_the_address_of_the_site_is_not_repeated(tmp_path: Path) -> None:
    for port in ("", ":eighty"):
        address = f"https://ada:hunter2@pictures.example{port}"
        assert "hunter2" not in complaint(tmp_path, SECRET_KEY=GOOD_KEY, SITE_URL=address)


def test_a_bucket_without_a_name_is_named(tmp_path: Path) -> None:
    assert "S3_BUCKET is not set" in complaint(tmp_path, STORAGE="s3")


@pytest.mark.parametrize("env", [{}, {"STORAGE": "s3", "S3_BUCKET": "pictures"}], ids=["folder", "bucket"])
def test_every_store_of_the_settings_can_be_opened(tmp_path: Path, env: dict[str, str]) -> None:
    opened = "[storages[name] for name in settings.STORAGES]"
    code = f"from django.conf import settings; from django.core.files.storage import storages; {opened}"
    result = start(tmp_path, "-c", code, DJANGO_SETTINGS_MODULE="config.settings", **env)
    assert result.returncode == 0, result.stderr


def test_a_bucket_takes_the_files(tmp_path: Path) -> None:
    storages = settings(tmp_path, "STORAGES", STORAGE="s3", S3_BUCKET="pictures", S3_ENDPOINT_URL="http://127.0.0.1:9")
    assert storages["default"]["BACKEND"] == "storages.backends.s3.S3Storage"
    assert storages["default"]["OPTIONS"]["bucket_name"] == "pictures"
    assert storages["default"]["OPTIONS"]["file_overwrite"] is False


def test_a_server_address_in_a_complaint_keeps_its_password(tmp_path: Path) -> None:
    assert "hunter2" not in complaint(tmp_path, DATABASE_URL="mysql://u:hunter2@h/x", SECRET_KEY=GOOD_KEY)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "VAR_DIR is " in complaint(tmp_path / "file" / "var")


def test_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    settings(tmp_path / "new" / "var", "VAR_DIR")
    assert stat.S_IMODE((tmp_path / "new" / "var").stat().st_mode) == 0o700


def test_manage_says_it_in_one_line(tmp_path: Path) -> None:
    result = start(tmp_path, "manage.py", "check", PORT="eighty")
    assert result.returncode == 1
    assert result.stderr.strip() == ("Imprimatur cannot start: PORT is “eighty”. Use a whole number from 1 to 65535.")


def test_a_secret_is_read_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("A_KEY_FILE", str(tmp_path / "key"))
    assert environment.secret("A_KEY") == "from a file"


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "one")
    monkeypatch.setenv("A_KEY_FILE", "/two")
    with pytest.raises(ImproperlyConfigured, match="A_KEY and A_KEY_FILE are both set"):
        environment.secret("A_KEY")


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), (b"\n", "is empty"), (b"\xff", "not UTF-8")])
def test_a_secret_file_without_a_secret_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    monkeypatch.setenv("A_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match=f"A_KEY_FILE .*{words}"):
        environment.secret("A_KEY")


def test_providers_without_a_key_are_always_there(tmp_path: Path) -> None:
    assert set(settings(tmp_path, "IMAGE_PROVIDERS")) == {"sketch", "midjourney", "chatgpt"}


def test_a_provider_appears_with_its_key(tmp_path: Path) -> None:
    (tmp_path / "bfl").write_text("bfl-key")
    providers = settings(
        tmp_path,
        "IMAGE_PROVIDERS",
        OPENAI_API_KEY="openai-key",
        OPENAI_BASE_URL="http://127.0.0.1:9/v1/",
        BFL_API_KEY_FILE=str(tmp_path / "bfl"),
    )
    assert providers["openai"]["options"] == {"api_key": "openai-key", "base_url": "http://127.0.0.1:9/v1"}
    assert providers["bfl"]["options"]["api_key"] == "bfl-key"


def test_an_adapter_from_outside_is_named_with_the_file_of_its_options(tmp_path: Path) -> None:
    (tmp_path / "adapters.toml").write_text("[lumen]\nsteps = 30\n")
    named = {"IMAGE_PROVIDERS": "lumen=acme.Lumen", "IMAGE_PROVIDERS_FILE": str(tmp_path / "adapters.toml")}
    providers = settings(tmp_path, "IMAGE_PROVIDERS", **named)
    assert providers["lumen"] == {"adapter": "acme.Lumen", "options": {"steps": "30"}}


def test_the_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("UNDO_SECONDS=7\nPORT=9000\n")
    undo, port = settings(tmp_path, "UNDO_SECONDS", "PORT", ENV_FILE=str(tmp_path / "env"), PORT="9001")
    assert (undo, port) == (7, 9001)


def test_production_passes_the_deployment_check(tmp_path: Path) -> None:
    result = start(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout


def test_production_connections_are_checked_before_use(tmp_path: Path) -> None:
    database = settings(tmp_path, "DATABASES", **PRODUCTION)["default"]
    assert database["CONN_HEALTH_CHECKS"] is True
    assert database["PASSWORD"] == "p@ss"
    assert database["OPTIONS"] == {"connect_timeout": 2, "prepare_threshold": 5}


def test_a_cache_that_does_not_answer_is_given_up_soon(tmp_path: Path) -> None:
    with silent_server() as port:
        caches = CacheHandler(read(tmp_path, CACHE_URL=f"redis://127.0.0.1:{port}/0")["CACHES"])
        began = time.monotonic()
        with pytest.raises(Exception, match="Timeout"):
            caches["default"].get("a")
        assert time.monotonic() - began < 5


def test_a_first_start_makes_a_certificate_that_says_nobody_trusts_it(tmp_path: Path) -> None:
    first = settings(tmp_path, "C2PA_CERTIFICATE", "C2PA_PRIVATE_KEY")
    assert settings(tmp_path, "C2PA_CERTIFICATE", "C2PA_PRIVATE_KEY") == first
    assert stat.S_IMODE((tmp_path / "c2pa_development.pem").stat().st_mode) == 0o600
    made = certificates.load(*first)
    assert (made.name, made.is_for_development) == ("Imprimatur development certificate, not trusted", True)
    assert settings(tmp_path, "C2PA_CERTIFICATE", C2PA_DEVELOPMENT="0") == ""


@pytest.mark.parametrize("real", [PRODUCTION, {"SITE_URL": "https://pictures.example"}])
def test_production_makes_no_certificate_and_refuses_one_for_development(tmp_path: Path, real: dict[str, str]) -> None:
    assert settings(tmp_path, "C2PA_CERTIFICATE", **real) == ""
    chain, key = certificates.make()
    (tmp_path / "chain").write_text(chain)
    own = {"C2PA_CERTIFICATE_FILE": str(tmp_path / "chain"), "C2PA_PRIVATE_KEY": key.replace("\n", "\\n")}
    assert settings(tmp_path, "C2PA_CERTIFICATE", **own).startswith("-----BEGIN CERTIFICATE")
    assert "C2PA_CERTIFICATE is the development certificate" in complaint(tmp_path, **real, **own)


def test_half_a_certificate_is_refused(tmp_path: Path) -> None:
    chain, _ = certificates.make()
    assert complaint(tmp_path, C2PA_CERTIFICATE=chain).startswith("C2PA_PRIVATE_KEY is not set")


def test_every_variable_is_listed_in_the_example() -> None:
    source = (ROOT / "config" / "settings.py").read_text()
    listed = (ROOT / ".env.example").read_text()
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z][A-Z0-9_]+)"', source)) - {"ENV_FILE"}
    assert len(names) > 20
    assert {name for name in names if f"#{name}=" not in listed} == set()
