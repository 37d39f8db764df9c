"""An entry of the log is about any number of objects, each with its values; the earlier entries keep their digests."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def copy_subjects(apps: Any, schema_editor: Any) -> None:
    """What an entry was about becomes the first of its subjects."""
    entry, subject = apps.get_model("core", "LogEntry"), apps.get_model("core", "LogSubject")
    rows = entry.objects.order_by("pk").values_list("pk", "subject_type", "subject_id")
    made = (subject(entry_id=pk, position=0, type=kind, key=key) for pk, kind, key in rows.iterator(chunk_size=2000))
    subject.objects.bulk_create(made, batch_size=1000)
    if schema_editor.connection.vendor == "postgresql":  # it alters no table while checks are outstanding
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="LogSubject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("type", models.CharField(help_text="Such as `assets.version`.", max_length=32)),
                ("key", models.CharField(max_length=64)),
                ("before", models.JSONField(blank=True, default=dict)),
                ("after", models.JSONField(blank=True, default=dict)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subjects", to="core.logentry"
                    ),
                ),
            ],
            options={"ordering": ("entry", "position")},
        ),
        migrations.AddField("logentry", "format", models.PositiveSmallIntegerField(default=1)),
        migrations.RunPython(copy_subjects, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("logentry", "format", models.PositiveSmallIntegerField(default=2)),
        migrations.RemoveIndex("logentry", "log_by_subject"),
        migrations.RemoveField("logentry", "subject_id"),
        migrations.RemoveField("logentry", "subject_type"),
        migrations.AddIndex("logsubject", models.Index(fields=["type", "key", "entry"], name="log_by_subject")),
        migrations.AddConstraint(
            "logsubject",
            models.UniqueConstraint(fields=("entry", "position"), name="log_subject_once_per_position"),
        ),
    ]
