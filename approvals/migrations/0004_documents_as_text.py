"""A release keeps its document as the text that leaves, and says in which format its version's hash is."""

from typing import Any

from django.db import migrations, models

from core import guards


def lift_guards(apps: Any, schema_editor: Any) -> None:
    """They name the columns that change here, and are put back after every migration."""
    guards.lift("approvals_release", schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_submitters_contributed")]

    operations = [
        migrations.RunPython(lift_guards, migrations.RunPython.noop),
        migrations.RenameField("release", "document", "document_text"),
        migrations.AlterField(
            "release", "document_text", models.TextField(help_text="What the API says about it, as it leaves.")
        ),
        migrations.AddField(
            "release",
            "version_format",
            models.PositiveSmallIntegerField(
                default=1, help_text="In which that hash is; see `assets.versions.dossier`."
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, lift_guards),  # first on the way back
    ]
