"""Releases, open reviews and decisions under way are found by index; of releases, a flag narrows what is looked at."""

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

ORDER = ["channel", "released_at", "id"]


def flag(apps: Any, schema_editor: Any) -> None:
    """What has ended is neither served nor looked at again; at all else the sweep looks once."""
    releases = apps.get_model("approvals", "Release").objects.using(schema_editor.connection.alias)
    releases.exclude(state="live").update(served=False, touched=False)


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0006_find_paused_releases"),
        ("assets", "0004_answers_with_their_license"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "release",
            "served",
            models.BooleanField(
                default=True, help_text="False only where the sweep has found that it is not served; see `touches`."
            ),
        ),
        migrations.AddField(
            "release",
            "touched",
            models.BooleanField(
                default=True, help_text="Whether something has changed since the sweep last looked; see `touches`."
            ),
        ),
        migrations.RunPython(flag, migrations.RunPython.noop),
        migrations.AddIndex(
            "release", models.Index(fields=ORDER, condition=Q(served=True), name="served_releases")
        ),
        migrations.AddIndex(
            "release", models.Index(fields=ORDER, condition=Q(state="live"), name="releases_going_on")
        ),
        migrations.AddIndex(
            "release",
            models.Index(fields=["valid_until"], condition=Q(state="live"), name="releases_by_last_day"),
        ),
        migrations.AddIndex(
            "release", models.Index(fields=["id"], condition=Q(touched=True), name="touched_releases")
        ),
        migrations.AddIndex(
            "review",
            models.Index(fields=["submitted_at", "id"], condition=Q(state="open"), name="open_reviews_in_order"),
        ),
        migrations.AddIndex(
            "decision",
            models.Index(
                fields=["effective_at"], condition=Q(undone_at=None, settled_at=None), name="decisions_under_way"
            ),
        ),
    ]
