"""Touches: what marks a release whenever something that it rests on changes, in the database itself.

Lists find releases by their `served` flag and hold each against `Release.objects.live()`. So the flag may be set where
nothing is served, and must never be missing where something is. One rule keeps that: whatever could make a release live
again sets the flag, here and nowhere else, whoever writes it and however; and only the sweep, which has looked at a
touched release under its locks, takes it off. It looks at nothing else, so that it costs nothing where nothing happens.
The day is no part of it: whoever reads asks for the day.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connections

from core import guards

MARK = "UPDATE approvals_release SET served = true, touched = true WHERE state = 'live' AND"


@dataclass(frozen=True, slots=True)
class Touch(guards.Guard):
    """Marks the releases of which the SQL condition in `words` holds, when one of the columns of the table changes."""

    @property
    def body(self) -> str:
        return f"BEGIN {MARK} ({self.words}); RETURN NEW; END"

    def parts(self, using: str) -> dict[str, list[str]]:
        if connections[using].vendor != "postgresql":
            return {self.name: [self.statements(using)[-1]]}
        columns = [f"new.{column} IS DISTINCT FROM old.{column}" for column in self.columns]
        return {self.name: [f"BEFORE {self.event} ON", self.body, *columns]}

    def statements(self, using: str) -> list[str]:
        when = guards.condition(using, self)
        if connections[using].vendor != "postgresql":
            return [
                f"DROP TRIGGER IF EXISTS {self.name}",
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW {when} "
                f"BEGIN {MARK} ({self.words}); END",
            ]
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ {self.body} $$",
            f"CREATE OR REPLACE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW {when} "
            f"EXECUTE FUNCTION {self.name}()",
        ]


OF_VERSION = "version_id = NEW.id OR original_id = NEW.id"
OF_SEAL = "version_id = NEW.version_id OR original_id = NEW.version_id"
MADE_FROM_IT = "original_id = NEW.version_id AND channel_id = NEW.channel_id"
OF_BYTES = "version_id IN (SELECT id FROM assets_version WHERE sha256 = NEW.sha256)"
OF_ORIGINAL_BYTES = "original_id IN (SELECT id FROM assets_version WHERE sha256 = NEW.sha256)"
JUDGED = ("status", "dossier_hash", "dossier_format", "digital_source", "alterations")
"""Columns of a version that `live` looks at."""

TOUCHES = (
    Touch("assets_version", "touch", "UPDATE", OF_VERSION, JUDGED),
    Touch("assets_earlierseal", "touch_new", "INSERT", OF_SEAL),
    Touch("assets_earlierseal", "touch", "UPDATE", OF_SEAL, ("version_id", "format", "digest")),
    Touch("assets_decided", "touch_new", "INSERT", OF_SEAL),
    Touch("assets_decided", "touch", "UPDATE", OF_SEAL, ("version_id", "format", "digest", "holds")),
    Touch("assets_widerseal", "touch_new", "INSERT", OF_SEAL),
    Touch("assets_rightswithdrawal", "touch_new", "INSERT", f"{OF_BYTES} OR {OF_ORIGINAL_BYTES}"),
    Touch("approvals_release", "touch_new", "INSERT", MADE_FROM_IT),
    Touch("approvals_release", "touch", "UPDATE", MADE_FROM_IT, ("state", "ended_at", "valid_until")),
    Touch("approvals_channel", "touch", "UPDATE", "channel_id = NEW.id AND original_id IS NOT NULL", ("time_zone",)),
)
