"""Registers `config` so that its commands, tags and static files are found, and tasks know their worker."""

from importlib import import_module

from django.apps import AppConfig, apps

from config.static_files import IGNORED


class PortalConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = "Imprimatur"

    def ready(self) -> None:
        """Make the Celery app the one that tasks belong to. It reads the settings, so not before they are there."""
        import_module("config.celery")
        import_module("config.checks")  # registers itself
        apps.get_app_config("staticfiles").ignore_patterns = [*IGNORED]  # type: ignore[attr-defined] # an attribute of its own
