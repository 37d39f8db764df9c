"""Whoever submitted a version contributed to it, as a row beside the others."""

from typing import Any

from django.db import migrations


def note_submitters(apps: Any, schema_editor: Any) -> None:
    contributor = apps.get_model("assets", "Contributor")
    reviews = apps.get_model("approvals", "Review").objects.values_list("version", "submitted_by").distinct()
    rows = (contributor(version_id=version, person_id=person, part="submitted") for version, person in reviews)
    contributor.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_mail_goes_to_the_outbox"), ("assets", "0002_contributors_and_formats")]

    operations = [migrations.RunPython(note_submitters, migrations.RunPython.noop)]
