"""`manage.py up`: the whole portal. Prepares the database, then runs web server, worker and clock until Ctrl-C."""

from __future__ import annotations

import fcntl
import http.client
import os
import socket
import sys
from collections.abc import Sequence
from typing import IO, Any

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from approvals.channels import signing
from config.checks import made_before, made_later
from config.processes import HOST, parts
from config.supervisor import Child, running, signals
from core import storage, store_mark

logger = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Prepare the database, then run web server, worker and clock side by side until Ctrl-C."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT, help="where the web server listens")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        with signals() as stopping, only_one():
            refuse_taken(port)
            refuse_foreign()
            self.prepare()
            refuse_wrong_store()
            with running(parts(port), stopping.hurry) as children:
                is_told = False
                while not stopping.wanted.wait(0.2):
                    refuse_ended(children)
                    if not is_told and answers(port):
                        is_told = True
                        self.tell(port)
                self.say("\nStopping. Work in progress is finished first; Ctrl-C again stops at once.")
            self.say("Stopped. Everything is kept; the same command starts it again.")

    def prepare(self) -> None:
        self.say("Preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
        if "seed" in get_commands() and not get_user_model()._default_manager.exists():
            self.say("Loading the starter content")
            call_command("seed", stdout=self.stdout)

    def tell(self, port: int) -> None:
        self.say(f"\nImprimatur runs at http://localhost:{port}/   (Ctrl-C stops it)")
        self.say("Sign in with a name and password from the first start. A lost one: ")
        self.say(f"  {os.path.relpath(sys.executable)} manage.py changepassword NAME\n")
        if (signer := signing.certificate()) and signer.is_for_development:
            self.say("Delivered files are signed with a certificate for development, which is not trusted anywhere.\n")

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def only_one() -> IO[str]:
    """Hold the data folder for one portal: two would each run the clock and sweep the same jobs."""
    lock: IO[str] = (settings.VAR_DIR / "up.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise CommandError(
            f"A portal already runs on {settings.VAR_DIR}. Stop it, or give this one a folder of its own in VAR_DIR."
        ) from None
    return lock


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(f"Port {port} cannot be used ({reason}). Choose another: make start PORT=8001") from None


def refuse_foreign() -> None:
    """A database that another release has made its own stays as it is."""
    if words := made_before(connection) or made_later(connection):
        raise CommandError(words)


def refuse_wrong_store() -> None:
    """A store that is only away may come back: pages say so meanwhile, and `/readyz`."""
    try:
        store_mark.begin()
    except store_mark.WrongStore as problem:
        raise CommandError(str(problem)) from None
    except storage.Unavailable as problem:
        logger.warning("store.away", error=str(problem))


def refuse_ended(children: Sequence[Child]) -> None:
    for child in children:
        if not child.is_running:
            raise CommandError(
                f"The {child.part.name} ended by itself (code {child.process.returncode}), so the portal was stopped. "
                "The lines above say why. Nothing is lost; start it again."
            )


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
