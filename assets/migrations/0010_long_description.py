"""A long description beside the alt text."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0009_download_original'),
    ]

    operations = [
        migrations.AddField(
            model_name='version',
            name='long_description',
            field=models.TextField(blank=True, help_text='What does not fit into the alt text, in its language.'),
        ),
    ]
