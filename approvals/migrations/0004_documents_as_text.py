"""A release keeps its document as the text that leaves, and says in which format its version's hash is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_submitters_contributed")]

    operations = [
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
    ]
