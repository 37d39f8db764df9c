"""Downloading an original is a right of its own."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0008_ai_system'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='asset',
            options={'ordering': ('-created_at', 'id'), 'permissions': (('edit_library', 'Can add pictures and describe them'), ('download_original', 'Can download originals, released or not'))},
        ),
    ]
