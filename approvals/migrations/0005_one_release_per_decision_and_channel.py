"""A decision releases once in a channel, so that what was withdrawn cannot come back as a copy of itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_documents_as_text")]

    operations = [
        migrations.AddConstraint(
            "release",
            models.UniqueConstraint(fields=("decision", "channel"), name="one_release_per_decision_and_channel"),
        )
    ]
