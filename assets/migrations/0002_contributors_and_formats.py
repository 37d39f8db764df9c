"""Who contributed becomes rows of its own, and a version says in which format its dossier was sealed."""

from collections.abc import Iterator
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EDITS = {
    "version.described": "words",
    "version.marked": "stated",
    "version.shows": "rights",
    "license.answered": "rights",
    "consent.recorded": "rights",
}
"""Actions of the log by which people contributed until now."""


def note_contributors(apps: Any, schema_editor: Any) -> None:
    """What the columns and the log say about who did what, as rows."""
    contributor = apps.get_model("assets", "Contributor")
    rows = (contributor(version_id=version, person_id=person, part=part) for version, person, part in _parts(apps))
    contributor.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    if schema_editor.connection.vendor == "postgresql":  # it alters no table while checks are outstanding
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _parts(apps: Any) -> Iterator[tuple[Any, int, str]]:
    versions = apps.get_model("assets", "Version").objects
    for version, person, origin in versions.values_list("pk", "created_by", "origin").iterator(chunk_size=2000):
        yield version, person, "made" if origin in ("generated", "edited") else "brought"
    made = apps.get_model("assets", "Provenance").objects
    for name, part in (("prompt_by", "prompt"), ("requested_by", "asked")):
        for version, person in made.exclude(**{name: None}).values_list("version", name).iterator(chunk_size=2000):
            yield version, person, part
    known = {str(key): key for key in versions.values_list("pk", flat=True).iterator(chunk_size=2000)}
    told = apps.get_model("core", "LogSubject").objects.exclude(entry__actor=None)
    edits = told.filter(type="assets.version", entry__action__in=EDITS)
    for key, person, action in edits.values_list("key", "entry__actor", "entry__action").iterator(chunk_size=2000):
        if key in known:
            yield known[key], person, EDITS[action]
    yield from _named(versions, told)


def _named(versions: Any, told: Any) -> Iterator[tuple[Any, int, str]]:
    """Whoever made an asset gave it its title; whoever renamed it named all of its versions."""
    namers: dict[str, set[int]] = {}
    renamed = told.filter(type="assets.asset", entry__action="asset.renamed").values_list("key", "entry__actor")
    for key, person in renamed.iterator(chunk_size=2000):
        namers.setdefault(key, set()).add(person)
    rows = versions.values_list("pk", "asset", "asset__created_by")
    for version, asset, first in rows.iterator(chunk_size=2000):
        for person in {first, *namers.get(str(asset), ())}:
            yield version, person, "named"


class Migration(migrations.Migration):
    dependencies = [
        ("assets", "0001_initial"),
        ("core", "0002_log_of_sets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contributor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("prompt", "wrote the prompt"),
                            ("asked", "asked for the picture"),
                            ("brought", "brought the file"),
                            ("made", "added the picture to the library"),
                            ("edited", "edited the picture"),
                            ("named", "gave it its title"),
                            ("placed", "stated which house it shows"),
                            ("words", "wrote its words"),
                            ("stated", "stated how it was made"),
                            ("rights", "answered for its rights"),
                            ("submitted", "submitted it"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contributions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contributors", to="assets.version"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("version", "person", "part"), name="contributor_once_per_part")
                ],
            },
        ),
        migrations.CreateModel(
            name="EarlierSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("format", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="earlier_seals", to="assets.version"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "format"), name="earlier_seal_once_per_format")
                ]
            },
        ),
        migrations.AddField(
            "version",
            "dossier_format",
            models.PositiveSmallIntegerField(default=1, help_text="In which form; see `assets.versions.dossier`."),
        ),
        migrations.RunPython(note_contributors, migrations.RunPython.noop),
        migrations.RemoveField("provenance", "prompt_by"),
        migrations.RemoveField("provenance", "requested_by"),
    ]
