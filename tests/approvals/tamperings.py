"""Random tamperings: any column of any judged row written anew, rows deleted, swapped and forged, files damaged."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.storage import FileSystemStorage, storages
from django.db import IntegrityError, models, transaction

from approvals.models import Channel, ChannelChange, Decision, Event, ListingSite, Release, Review, SiteKey
from approvals.sites import traces as sites
from assets.models import (
    AltText,
    Asset,
    Consent,
    ConsentUse,
    Contributor,
    License,
    Listing,
    Provenance,
    Rendition,
    RightsWithdrawal,
    Terms,
    Version,
    WiderSeal,
)
from core import audit, storage
from core.models import LogEntry, LogHead, LogSubject, User
from core.people.account_log import told_by_caller

Names = Callable[[Any], Iterable[Any]]
OWN: Names = lambda row: [audit.name_of(row)]  # noqa: E731 - one of a table of such


def _of_license(license: License) -> list[Any]:
    return list(Version.objects.filter(license=license).values_list("pk", flat=True))


def _of_consent(consent: Consent) -> list[Any]:
    return [audit.name_of(consent)]


def _of_assets(**wanted: Any) -> list[Any]:
    return list(Version.objects.filter(**wanted).values_list("pk", flat=True))


def _next_entry(entry: LogEntry) -> str:
    """Where an entry is missing, the one after it does not follow."""
    after = LogEntry.objects.filter(pk__gt=entry.pk).order_by("pk").first()
    return f"Entry {after.pk} does not follow" if after else "The log should end"


@dataclass(frozen=True)
class Table:
    """A model, the ids that a problem about its row must name, and the columns that are none of `verify`'s business."""

    model: type[models.Model]
    names: Names = OWN
    exempt: tuple[str, ...] = ()
    can_go: bool = True
    can_be_forged: bool = True

    @property
    def columns(self) -> list[models.Field[Any, Any]]:
        fields = self.model._meta.concrete_fields
        return [field for field in fields if not field.primary_key and field.name not in self.exempt]


SOME_DAY = datetime(2026, 11, 1, tzinfo=UTC)
WHEN_IS_A_COLUMN = ("recorded_at",)
"""Of the entry, which is written later in the same transaction."""
SAME_OF_A_LICENSE = ("updated_by", "updated_at")
CLAIM = ("claimed_by", "claimed_at")
"""Lasts half an hour, and is no entry's business when it lapses."""
WITHIN_AN_HOUR = ("at",)
"""A contribution's time is held against its entry's, which is written later in the same transaction."""
FLAGS = ("served", "touched")
"""Set too often they only cost time; a flag that hides what is live has a test of its own."""
NOT_JUDGED = ("created_by", "created_at")
SIGNED_IN = ("password", "last_login")
"""No password is in the log, and signing in is an entry of its own."""
MADE_AGAIN = ("version", "media_type", "width", "height", "size", "created_at")
"""Copies for the portal's own pages; a file that is missing is made anew."""

TABLES = (
    Table(Version),
    Table(AltText, lambda row: [row.version_id]),
    Table(Consent, _of_consent, WHEN_IS_A_COLUMN),
    Table(ConsentUse, lambda row: [row.version_id]),
    Table(RightsWithdrawal),
    Table(WiderSeal),
    Table(License, _of_license, SAME_OF_A_LICENSE, can_be_forged=False),
    Table(Provenance, lambda row: [row.version_id]),
    Table(Contributor, lambda row: [row.version_id], WITHIN_AN_HOUR),
    Table(Asset, lambda row: _of_assets(asset=row), NOT_JUDGED, can_be_forged=False),
    Table(Listing, can_be_forged=False),
    Table(Listing.placed_by.through, lambda row: [f"Listing {row.listing_id}:"]),
    Table(Terms),
    Table(Rendition, OWN, MADE_AGAIN, can_go=False, can_be_forged=False),
    Table(Review, OWN, CLAIM),
    Table(Review.channels.through, lambda row: [row.review_id]),
    Table(Decision),
    Table(Release, OWN, FLAGS),
    Table(Event),
    Table(Channel, can_go=False),
    Table(ChannelChange),
    Table(ListingSite, OWN, sites.COUNTED),
    Table(ListingSite.channels.through, lambda row: [f"Listing site {row.listingsite_id}:"]),
    Table(SiteKey, OWN, sites.USED),
    Table(User, OWN, SIGNED_IN),
    Table(User.groups.through, lambda row: [f"User {row.user_id}:"]),
    Table(Group, can_be_forged=False),
    Table(Group.permissions.through, lambda row: [f"Group {row.group_id}:"]),
    Table(LogEntry, lambda row: [f"Entry {row.pk} ", _next_entry(row)]),
    Table(LogSubject, lambda row: [f"Entry {row.entry_id} "]),
    Table(LogHead, lambda row: ["The log "], ("exported_at",), can_be_forged=False),  # Settings tells it
)  # fmt: skip


class NotPossible(Exception):
    """This row has nothing of the kind to tamper with, or the database refuses it even without guards."""


@dataclass
class Tampering:
    """What was done, and what a problem must name."""

    what: str
    names: list[str]
    undo: Callable[[], None] = lambda: None

    @property
    def leaves_files(self) -> bool:
        """Whether the stored files are as they were, and no column names another."""
        return "file" not in self.what and "sha256" not in self.what


def tamper(random: Random) -> Tampering:
    """One random tampering, in the caller's savepoint."""
    while True:
        table, way = random.choice(TABLES), random.choice((rewrite, rewrite, rewrite, swap, delete, forge, damage))
        try:
            with transaction.atomic():
                return way(table, random)
        except (IntegrityError, NotPossible):
            continue


def rewrite(table: Table, random: Random) -> Tampering:
    row, field = _some_row(table, random), random.choice(table.columns)
    value = _another(field, field.value_from_object(row), random)
    done = Tampering(f"{table.model.__name__} {row.pk}: {field.name} = {value!r}", _names(table, row))
    _write(table, row, field, value)
    return done


def swap(table: Table, random: Random) -> Tampering:
    first, second, field = _some_row(table, random), _some_row(table, random), random.choice(table.columns)
    if (here := field.value_from_object(first)) == (there := field.value_from_object(second)):
        raise NotPossible
    done = Tampering(f"{table.model.__name__} {first.pk} and {second.pk} swap {field.name}", _names(table, first))
    _write(table, first, field, there)
    _write(table, second, field, here)
    return done


def delete(table: Table, random: Random) -> Tampering:
    if not table.can_go:
        raise NotPossible
    row = _some_row(table, random)
    done = Tampering(f"{table.model.__name__} {row.pk} is gone", _names(table, row))
    rows = table.model._default_manager.filter(pk=row.pk)
    rows._raw_delete(rows.db)  # without asking what refers to it
    return done


def forge(table: Table, random: Random) -> Tampering:
    """A copy of a row as a new one, with another value where the database asks for one."""
    if not table.can_be_forged:
        raise NotPossible
    row = _some_row(table, random)
    before, row.pk, row._state.adding = row.pk, None, True
    if isinstance(table.model._meta.pk, models.UUIDField):
        row.pk = uuid.UUID(int=random.getrandbits(128))
    for field in random.sample(table.columns, min(len(table.columns), random.choice((1, 2, 3)))):
        setattr(row, field.attname, _another(field, field.value_from_object(row), random))
    if isinstance(row, Event):
        row.sequence = Channel.objects.get(pk=row.channel_id).last_sequence + 1
        Channel.objects.filter(pk=row.channel_id).update(last_sequence=row.sequence)
    with told_by_caller():
        models.Model.save_base(row, raw=True, force_insert=True)
    return Tampering(f"{table.model.__name__} {row.pk}, forged from {before}", _names(table, row))


def damage(table: Table, random: Random) -> Tampering:
    """A byte of a stored file turned, or the file gone."""
    columns = [field for field in table.columns if field.name in ("sha256", "file_sha256", "document_sha256")]
    if not columns or table.model is Terms:
        raise NotPossible
    row = _some_row(table, random)
    if not (sha256 := columns[0].value_from_object(row)):
        raise NotPossible
    store = storages["default"]
    assert isinstance(store, FileSystemStorage)
    path = Path(store.path(storage.path_of(sha256)))
    data = path.read_bytes()
    path.unlink()
    if random.random() < 0.7:
        place = random.randrange(len(data))
        path.write_bytes(data[:place] + bytes([data[place] ^ (1 << random.randrange(8))]) + data[place + 1 :])
    return Tampering(f"the file of {table.model.__name__} {row.pk}", [audit.name_of(row)], lambda: _restore(path, data))


def _restore(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def _names(table: Table, row: models.Model) -> list[str]:
    return [str(name) for name in table.names(row)]


def _some_row(table: Table, random: Random) -> Any:
    keys = list(table.model._default_manager.order_by("pk").values_list("pk", flat=True))
    row = table.model._default_manager.get(pk=random.choice(keys))
    if not _names(table, row):
        raise NotPossible
    return row


def _write(table: Table, row: models.Model, field: models.Field[Any, Any], value: Any) -> None:
    table.model._default_manager.filter(pk=row.pk).update(**{field.attname: value})


def _another(field: models.Field[Any, Any], value: Any, random: Random) -> Any:
    """Another plausible value of the column."""
    if field.null and value is not None and random.random() < 0.3:
        return None
    if isinstance(field, models.ForeignKey):
        keys = field.related_model._default_manager.order_by("pk").values_list("pk", flat=True)
        return _other(list(keys), value, random)
    if field.choices:
        return _other([key for key, _ in field.flatchoices], value, random)
    return _of_type(field, value, random)


def _of_type(field: models.Field[Any, Any], value: Any, random: Random) -> Any:
    if isinstance(field, models.JSONField):
        return _other_json(value, random)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.UUIDField):
        return uuid.UUID(int=random.getrandbits(128))
    if isinstance(field, models.IntegerField):
        return (value or 0) + random.randint(1, 3)
    if isinstance(field, models.DateTimeField):
        return (value or datetime.fromisoformat("2026-11-01T00:00:00Z")) + timedelta(
            days=random.choice((-40, -1, 1, 9))
        )
    if isinstance(field, models.DateField):
        return (value or date(2026, 12, 1)) + timedelta(days=random.randint(1, 90))
    return _other_text(field, value or "", random)


def _other_text(field: models.Field[Any, Any], value: str, random: Random) -> str:
    if len(value) == 64 and field.max_length == 64:
        return f"{random.getrandbits(256):064x}"
    if len(value) > 20:
        return value.replace("e", "3", 1) if "e" in value else value[:-1]
    longest = field.max_length or 500
    return (value + "x")[-longest:] if value else "another"[:longest]


def _other_json(value: Any, random: Random) -> Any:
    if isinstance(value, dict):
        inner = [name for name, each in value.items() if isinstance(each, dict)]
        if inner and random.random() < 0.7:
            name = random.choice(inner)
            return {**value, name: _other_json(value[name], random)}
        return {**value, "title": "Rewritten"} if value.get("title") != "Rewritten" else {}
    return [*value, "other"] if isinstance(value, list) else "other"


def _other(values: list[Any], value: Any, random: Random) -> Any:
    if not (others := [each for each in values if each != value]):
        raise NotPossible
    return random.choice(others)
