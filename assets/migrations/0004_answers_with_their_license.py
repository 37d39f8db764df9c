"""The answers of a license become values that are read with it, instead of eight rows beside it."""

import json
from collections import defaultdict
from itertools import groupby, islice
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

AT_ONCE = 500


def move_in(apps: Any, schema_editor: Any) -> None:
    """Write the rows' answers into their licenses. Licenses that answer alike are written together."""
    rows = apps.get_model("assets", "LicenseAnswer").objects.order_by("license", "id")
    values = rows.values_list("license", "question", "answer", "detail", "source").iterator(chunk_size=2000)
    alike: dict[str, list[int]] = defaultdict(list)
    for license, answers in groupby(values, key=lambda row: row[0]):
        sheet = {question: {"answer": a, "detail": d, "source": s} for _, question, a, d, s in answers}
        alike[json.dumps(sheet, sort_keys=True)].append(license)
    licenses = apps.get_model("assets", "License").objects
    for said, keys in alike.items():
        for start in range(0, len(keys), AT_ONCE):
            licenses.filter(pk__in=keys[start : start + AT_ONCE]).update(answers=json.loads(said))


def move_out(apps: Any, schema_editor: Any) -> None:
    """A row for each answer again."""
    answer = apps.get_model("assets", "LicenseAnswer")
    licenses = apps.get_model("assets", "License").objects.values_list("pk", "answers").iterator(chunk_size=2000)
    rows = (
        answer(license_id=license, question=question, **given)
        for license, answers in licenses
        for question, given in answers.items()
    )
    while batch := list(islice(rows, AT_ONCE)):
        answer.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("assets", "0003_listing_placed_by")]

    operations = [
        migrations.AlterField(
            "licenseanswer",
            "license",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="assets.license"
            ),
        ),
        migrations.AddField(
            "license",
            "answers",
            models.JSONField(blank=True, default=dict, help_text="question → {answer, detail, source}."),
        ),
        migrations.RunPython(move_in, move_out),
        migrations.DeleteModel("LicenseAnswer"),
    ]
