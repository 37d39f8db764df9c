"""What Django's system check says of the providers: every command looks before it starts, and `check` says it alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from generation.providers.base import Provider
from generation.providers.options import OptionError, closed


@register()
def providers_can_be_made(app_configs: object, **kwargs: Any) -> Iterable[CheckMessage]:
    """Every adapter that is named is there, is one, answers to its key, and knows its options."""
    problems = ((key, _problem(key, entry)) for key, entry in settings.IMAGE_PROVIDERS.items())
    return [
        Error(f"The provider “{key}” cannot be used: {problem}", hint="See IMAGE_PROVIDERS.", id="generation.E001")
        for key, problem in problems
        if problem
    ]


def _problem(key: str, entry: Mapping[str, Any]) -> str:
    """What is wrong with it, without any option's value: one of them is a key."""
    adapter = entry["adapter"]
    try:
        kind = import_string(adapter)
    except Exception as error:  # whatever somebody's module does when it is imported
        return f"{adapter} cannot be imported ({type(error).__name__})."
    if not (isinstance(kind, type) and issubclass(kind, Provider)):
        return f"{adapter} is no generation.providers.base.Provider."
    if unfinished := sorted(getattr(kind, "__abstractmethods__", ())):
        return f"{adapter} lacks {', '.join(unfinished)}."
    if missing := [name for name in ("key", "label", "capabilities") if not hasattr(kind, name)]:
        return f"{adapter} does not say its {', '.join(missing)}."
    if kind.key != key:
        return f"{adapter} has the key “{kind.key}”, which is stored on every job. Name it so here, too."
    return _wrong_options(kind, entry.get("options", {}))


def _wrong_options(kind: type[Provider], options: Mapping[str, str]) -> str:
    try:
        closed(kind.Options, options, where=f"{kind.key} options")
    except OptionError as error:
        return f"{str(error).partition(', not ')[0].rstrip('.')}."
    return ""
