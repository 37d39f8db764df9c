"""The library offers the makers of its versions by index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assets", "0005_versions_in_order")]

    operations = [
        migrations.AddIndex("version", models.Index(fields=["maker"], name="versions_by_maker")),
    ]
