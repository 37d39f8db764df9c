"""Decisions say whether the words were confirmed by themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0008_evidence'),
    ]

    operations = [
        migrations.AddField(
            model_name='decision',
            name='words_approved',
            field=models.BooleanField(default=False, help_text='Whether the words were confirmed by themselves.'),
        ),
    ]
