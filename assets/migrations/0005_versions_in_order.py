"""The library reads its newest versions by index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assets", "0004_answers_with_their_license")]

    operations = [
        migrations.AddIndex("version", models.Index(fields=["created_at", "asset"], name="versions_in_order")),
    ]
