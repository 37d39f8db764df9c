"""How the adapters are switched on: each declares its variables once, and everybody else reads the declaration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config import adapters as configured
from config.dashboard import setup
from generation.providers.base import Provider
from generation.providers.directory import adapters, needs_of
from generation.providers.egress.http import Client
from generation.providers.options import Secret

KINDS = {kind.key: kind for kind in adapters()}
SWITCHED = [kind for kind in adapters() if needs_of(kind)]


def name(kind: type[Provider]) -> str:
    return kind.key


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def put(**values: str) -> None:
        for variable, value in values.items():
            monkeypatch.setenv(variable, value)

    return put


def enough(kind: type[Provider]) -> dict[str, str]:
    """The variables that an adapter needs, with values that will do."""
    return {each.variable: each.example or ("1" if each.is_flag else "https://a.example") for each in needs_of(kind)}


def test_those_that_need_nothing_are_always_there() -> None:
    assert set(configured.delivered()) == {"sketch", "midjourney", "chatgpt"} == set(KINDS) - {*map(name, SWITCHED)}


@pytest.mark.parametrize("kind", SWITCHED, ids=name)
def test_an_adapter_is_there_once_all_that_it_needs_is_set(
    kind: type[Provider], environment: Callable[..., None]
) -> None:
    values = enough(kind)
    for missing in values:
        environment(**{**values, missing: ""})
        assert kind.key not in configured.delivered()
    environment(**values)
    entry = configured.delivered()[kind.key]
    assert entry["adapter"] == f"{kind.__module__}.{kind.__qualname__}"
    assert kind(entry["options"], Client())


def test_a_key_may_be_in_a_file(environment: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-a-file\n")
    environment(OPENAI_API_KEY_FILE=str(tmp_path / "key"))
    assert configured.delivered()["openai"]["options"] == {"api_key": "from-a-file"}


def test_every_option_reaches_its_adapter(environment: Callable[..., None]) -> None:
    environment(COMPATIBLE_BASE_URL="http://10.0.0.7/v1/", COMPATIBLE_PROFILE="localai", COMPATIBLE_API_KEY="k")
    environment(COMPATIBLE_RESULT_HOSTS="a.example, b.example", COMPATIBLE_MODEL="flux")
    made = KINDS["compatible"](configured.delivered()["compatible"]["options"], Client())
    assert made.options.base_url == "http://10.0.0.7/v1"
    assert (made.options.profile, made.options.model) == ("localai", "flux")
    assert made.options.result_hosts == "a.example b.example"
    assert made.options.api_key == Secret("k")


@pytest.mark.parametrize("key", ["bfl", "compatible", "fal", "replicate"])
def test_hosts_that_deliver_can_be_added(key: str, environment: Callable[..., None]) -> None:
    environment(**enough(KINDS[key]), **{f"{key.upper()}_RESULT_HOSTS": "a.example, b.example"})
    made = KINDS[key](configured.delivered()[key]["options"], Client())
    assert made.options.result_hosts == "a.example b.example"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("COMPATIBLE_PROFILE", "theirs"), ("COMPATIBLE_BASE_URL", "example"), ("OPENAI_RESPONSES", "si")],
)
def test_a_wrong_value_is_told_by_its_name(environment: Callable[..., None], variable: str, value: str) -> None:
    environment(COMPATIBLE_BASE_URL="http://10.0.0.7/v1", OPENAI_API_KEY="k")
    environment(**{variable: value})
    with pytest.raises(ImproperlyConfigured, match=variable):
        configured.delivered()


@pytest.mark.django_db
def test_the_settings_page_names_what_each_needs(settings: Settings) -> None:
    settings.IMAGE_PROVIDERS = {}
    lacking = {row.key: row for row in setup.providers().lacking}
    for kind in SWITCHED:
        row = lacking[kind.key]
        assert row.label == kind.label
        assert [each.variable for each in row.needs] == [each.variable for each in needs_of(kind)]
