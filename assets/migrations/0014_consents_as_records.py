"""Consents become records that many pictures share, and people made by AI an answer of their own."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

AT_ONCE = 500
MEANING = {"yes": "real"}
"""What was asked before: does it show real people who can be recognized?"""


def share(apps: Any, schema_editor: Any) -> None:
    """Each row becomes a record that its one picture rests on, with its document as its first file."""
    using = schema_editor.connection.alias
    consents, uses = apps.get_model("assets", "Consent"), apps.get_model("assets", "ConsentUse")
    rows = consents.objects.using(using).order_by("pk")
    for start in range(0, rows.count(), AT_ONCE):
        batch = list(rows[start : start + AT_ONCE])
        uses.objects.using(using).bulk_create(uses(consent_id=row.pk, version_id=row.version_id) for row in batch)
        for row in batch:
            row.files = [_file(row.document_sha256)] if row.document_sha256 else []
            row.changed_at = row.recorded_at
        consents.objects.using(using).bulk_update(batch, ["files", "changed_at"])
    versions = apps.get_model("assets", "Version").objects.using(using)
    for before, now in MEANING.items():
        versions.filter(shows_people=before).update(shows_people=now)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no column can go while one waits to be checked


def _file(sha256: str) -> dict[str, Any]:
    """All that was kept of a document is its hash."""
    return {"sha256": sha256, "name": "", "media_type": "", "size": 0}


class Migration(migrations.Migration):
    dependencies = [
        ("assets", "0013_text_of_terms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='RightsWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ('at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='WiderSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decided', models.CharField(max_length=64)),
                ('now', models.CharField(max_length=64)),
            ],
        ),
        migrations.AlterModelOptions(
            name='consent',
            options={'ordering': ('recorded_at', 'id')},
        ),
        migrations.AddField(
            model_name='consent',
            name='changed_at',
            field=models.DateTimeField(auto_now=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='consent',
            name='channel_kinds',
            field=models.JSONField(blank=True, default=list, help_text='Values of `Medium`.'),
        ),
        migrations.AddField(
            model_name='consent',
            name='channels',
            field=models.JSONField(blank=True, default=list, help_text='Names of channels.'),
        ),
        migrations.AddField(
            model_name='consent',
            name='files',
            field=models.JSONField(blank=True, default=list, help_text='The evidence: {sha256, name, media_type, size}.'),
        ),
        migrations.AddField(
            model_name='consent',
            name='guardian_name',
            field=models.CharField(blank=True, help_text='Who signed for a minor.', max_length=200),
        ),
        migrations.AddField(
            model_name='consent',
            name='guardian_relation',
            field=models.CharField(blank=True, help_text='Such as mother.', max_length=80),
        ),
        migrations.AddField(
            model_name='consent',
            name='listing',
            field=models.ForeignKey(blank=True, help_text='Of whose pictures it is a consent: all that there are, and all that come.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='assets.listing'),
        ),
        migrations.AddField(
            model_name='consent',
            name='may_alter',
            field=models.CharField(choices=[('yes', 'Yes'), ('no', 'No'), ('unknown', 'Unknown')], default='unknown', max_length=8),
        ),
        migrations.AddField(
            model_name='consent',
            name='purposes',
            field=models.JSONField(blank=True, default=list, help_text='Values of `Purpose`.'),
        ),
        migrations.AddField(
            model_name='consent',
            name='reach',
            field=models.CharField(choices=[('any', 'Any use'), ('limited', 'Only what is listed'), ('unknown', 'Unknown')], default='unknown', max_length=8),
        ),
        migrations.AddField(
            model_name='consent',
            name='revoked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='consent',
            name='revoked_because',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='consent',
            name='revoked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='consent',
            name='territories',
            field=models.JSONField(blank=True, default=list, help_text='Names of countries or states.'),
        ),
        migrations.AddField(
            model_name='consent',
            name='to_providers',
            field=models.CharField(choices=[('yes', 'Yes'), ('no', 'No'), ('unknown', 'Unknown')], default='unknown', help_text='Whether the photograph may be sent to an AI service.', max_length=8),
        ),
        migrations.AddField(
            model_name='version',
            name='new_rights',
            field=models.JSONField(blank=True, default=dict, help_text='Withdrawal for rights of the same bytes → by which right they may be used again.'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='kind',
            field=models.CharField(choices=[('person', 'A person'), ('property', 'A property owner'), ('listing', 'A listing’s owner')], max_length=16),
        ),
        migrations.AlterField(
            model_name='consent',
            name='scope',
            field=models.CharField(blank=True, help_text='What the release covers, in its words.', max_length=300),
        ),
        migrations.AlterField(
            model_name='consent',
            name='valid_until',
            field=models.DateField(blank=True, help_text='The last day of use.', null=True),
        ),
        migrations.AlterField(
            model_name='version',
            name='shows_people',
            field=models.CharField(choices=[('no', 'No'), ('real', 'Real people'), ('made', 'People made or changed by AI'), ('both', 'Both'), ('unknown', 'Unknown')], default='unknown', max_length=8),
        ),
        migrations.AddField(
            model_name='consentuse',
            name='consent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='assets.consent'),
        ),
        migrations.AddField(
            model_name='consentuse',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consent_uses', to='assets.version'),
        ),
        migrations.AddField(
            model_name='rightswithdrawal',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rightswithdrawal',
            name='consent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assets.consent'),
        ),
        migrations.AddField(
            model_name='rightswithdrawal',
            name='version',
            field=models.ForeignKey(help_text='Where it was said first.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assets.version'),
        ),
        migrations.AddField(
            model_name='widerseal',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wider_seals', to='assets.version'),
        ),
        migrations.AddConstraint(
            model_name='consentuse',
            constraint=models.UniqueConstraint(fields=('consent', 'version'), name='consent_once_per_version'),
        ),
        migrations.AddConstraint(
            model_name='widerseal',
            constraint=models.UniqueConstraint(fields=('version', 'decided', 'now'), name='wider_seal_once'),
        ),
        migrations.RunPython(share, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='consent',
            name='document_sha256',
        ),
        migrations.RemoveField(
            model_name='consent',
            name='version',
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'listing'), ('listing__isnull', False)), models.Q(models.Q(('kind', 'listing'), _negated=True), ('listing__isnull', True)), _connector='OR'), name='consent_of_a_listing_names_it'),
        ),
        migrations.AddField(
            model_name='version',
            name='consents',
            field=models.ManyToManyField(related_name='versions', through='assets.ConsentUse', to='assets.consent'),
        ),
    ]
