"""Licenses that many pictures share, their evidence, and what was decided on when a license is renewed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0011_licenses_say_more'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='license',
            name='evidence',
            field=models.JSONField(blank=True, default=list, help_text='Contracts and receipts: [{name, sha256}].'),
        ),
        migrations.CreateModel(
            name='LicenseSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField(blank=True, default=dict, help_text='question → {answer, detail, source}.')),
                ('plan', models.CharField(blank=True, help_text='Which plan of the terms the account had.', max_length=80)),
                ('holder', models.CharField(blank=True, help_text='Who owns the picture.', max_length=200)),
                ('creator', models.CharField(blank=True, help_text='Who made it: a photographer, an illustrator.', max_length=200)),
                ('notice', models.CharField(blank=True, help_text='The copyright notice, whole.', max_length=500)),
                ('attribution', models.CharField(blank=True, help_text='The credit line, word for word.', max_length=300)),
                ('usage_terms', models.CharField(blank=True, help_text='What users must know, word for word.', max_length=1000)),
                ('licensor', models.CharField(blank=True, help_text='Who grants licenses.', max_length=200)),
                ('licensor_url', models.URLField(blank=True, help_text='Where a license can be had.', max_length=500)),
                ('data_mining', models.CharField(blank=True, choices=[('', 'Not said'), ('DMI-ALLOWED', 'Allowed'), ('DMI-PROHIBITED-AIMLTRAINING', 'Prohibited for AI training'), ('DMI-PROHIBITED-GENAIMLTRAINING', 'Prohibited for training of generative AI'), ('DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING', 'Prohibited, except for search engines'), ('DMI-PROHIBITED', 'Prohibited')], max_length=64)),
                ('valid_until', models.DateField(blank=True, help_text='The last day on which it may be used.', null=True)),
                ('url', models.URLField(blank=True, help_text="Where the picture's license can be read.", max_length=500)),
                ('limits', models.JSONField(blank=True, default=dict, help_text='See `assets.models.limits.Limits`.')),
                ('evidence', models.JSONField(blank=True, default=list, help_text='Contracts and receipts: [{name, sha256}].')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('active', models.BooleanField(default=True, help_text='Whether it can be given to further pictures.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('answered_by', models.ManyToManyField(help_text='Who answered it: a contributor to each picture of it.', related_name='+', to=settings.AUTH_USER_MODEL)),
                ('terms', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='assets.terms')),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.AddField(
            model_name='license',
            name='set',
            field=models.ForeignKey(blank=True, help_text='Whose words these are, if many pictures share them.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='licenses', to='assets.licenseset'),
        ),
        migrations.CreateModel(
            name='Decided',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.PositiveSmallIntegerField()),
                ('digest', models.CharField(help_text='Of the dossier as it was decided on.', max_length=64)),
                ('rest', models.CharField(help_text='Of the same without its license.', max_length=64)),
                ('license', models.JSONField(help_text='What the license said then.')),
                ('holds', models.BooleanField(default=True, help_text='Whether the dossier as it is now allows all of that.')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decided', to='assets.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'format', 'digest'), name='decided_once_per_dossier')],
            },
        ),
    ]
