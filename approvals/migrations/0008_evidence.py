"""Whoever may take evidence packs has a right of its own."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0007_served_releases'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='release',
            options={'ordering': ('released_at', 'id'), 'permissions': (('withdraw_release', 'Can withdraw releases'), ('take_evidence', 'Can take evidence packs'))},
        ),
    ]
