"""A license says who made the picture, what users are told, and its limits as values; terms know plans."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0010_long_description'),
    ]

    operations = [
        migrations.AddField(
            model_name='license',
            name='creator',
            field=models.CharField(blank=True, help_text='Who made it: a photographer, an illustrator.', max_length=200),
        ),
        migrations.AddField(
            model_name='license',
            name='data_mining',
            field=models.CharField(blank=True, choices=[('', 'Not said'), ('DMI-ALLOWED', 'Allowed'), ('DMI-PROHIBITED-AIMLTRAINING', 'Prohibited for AI training'), ('DMI-PROHIBITED-GENAIMLTRAINING', 'Prohibited for training of generative AI'), ('DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING', 'Prohibited, except for search engines'), ('DMI-PROHIBITED', 'Prohibited')], max_length=64),
        ),
        migrations.AddField(
            model_name='license',
            name='licensor',
            field=models.CharField(blank=True, help_text='Who grants licenses.', max_length=200),
        ),
        migrations.AddField(
            model_name='license',
            name='licensor_url',
            field=models.URLField(blank=True, help_text='Where a license can be had.', max_length=500),
        ),
        migrations.AddField(
            model_name='license',
            name='limits',
            field=models.JSONField(blank=True, default=dict, help_text='See `assets.models.limits.Limits`.'),
        ),
        migrations.AddField(
            model_name='license',
            name='notice',
            field=models.CharField(blank=True, help_text='The copyright notice, whole.', max_length=500),
        ),
        migrations.AddField(
            model_name='license',
            name='plan',
            field=models.CharField(blank=True, help_text='Which plan of the terms the account had.', max_length=80),
        ),
        migrations.AddField(
            model_name='license',
            name='usage_terms',
            field=models.CharField(blank=True, help_text='What users must know, word for word.', max_length=1000),
        ),
        migrations.AddField(
            model_name='terms',
            name='indemnity',
            field=models.CharField(blank=True, choices=[('', 'Not said'), ('none', 'None'), ('given', 'Given'), ('unless_changed', 'Given, and lost when the picture is changed')], max_length=16),
        ),
        migrations.AddField(
            model_name='terms',
            name='plans',
            field=models.JSONField(blank=True, default=dict, help_text='Plan → its own rule sheet, where the answers depend on the plan.'),
        ),
        migrations.AlterField(
            model_name='license',
            name='terms',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='assets.terms'),
        ),
        migrations.AlterField(
            model_name='license',
            name='url',
            field=models.URLField(blank=True, help_text="Where the picture's license can be read.", max_length=500),
        ),
    ]
