"""Stylesheets and scripts as browsers get them: one stylesheet, named by content, compressed, kept for a year."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from config import static_files

COLLECTED = {
    "staticfiles": {"BACKEND": "config.static_files.Storage"},
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=str(root), STORAGES=COLLECTED):
        static_files.collect()
    return root


def names(root: Path) -> dict[str, str]:
    named: dict[str, str] = json.loads((root / "staticfiles.json").read_text())["paths"]
    return named


def test_the_stylesheet_is_one_file_that_holds_every_other(collected: Path) -> None:
    source = Path(settings.STATICFILES_DIRS[0]) / "css"
    sheet = (collected / names(collected)["css/portal.css"]).read_text()
    assert "@import" not in sheet
    others = [path for path in source.rglob("*.css") if path.name != "portal.css"]
    assert len(others) > 40
    assert [path.name for path in others if path.read_text().strip() not in sheet] == []
    assert sheet.count("@layer components {") > 30


def test_scripts_ask_for_one_another_by_their_lasting_names(collected: Path) -> None:
    named = names(collected)
    script = (collected / named["js/portal.js"]).read_text()
    asked = re.findall(r'from "\./([^"]+)"', script)
    assert asked
    assert [name for name in asked if f"js/{name}" not in named.values()] == []


def test_each_has_a_compressed_copy_that_says_the_same(collected: Path) -> None:
    sheet = collected / names(collected)["css/portal.css"]
    packed = sheet.with_name(sheet.name + ".gz").read_bytes()
    assert gzip.decompress(packed) == sheet.read_bytes()
    assert len(packed) < 25_000


def test_collecting_again_does_nothing_until_a_source_changes(collected: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(static_files, "call_command", lambda name, **_: asked.append(name))
    with override_settings(STATIC_ROOT=str(collected), STORAGES=COLLECTED):
        static_files.collect()
        assert asked == []
        (collected / ".made-from").write_text("something else")
        static_files.collect()
    assert asked == ["collectstatic"]


@pytest.mark.django_db
def test_a_page_is_compressed_for_whoever_asks_and_a_picture_never() -> None:
    page = Client().get("/api/docs/", headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in Client().get("/api/docs/")
    assert "Content-Encoding" not in Client().get("/api/schema/", headers={"Accept-Encoding": "gzip"})
