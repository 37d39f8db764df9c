"""The full text of terms, as a file of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0012_license_sets'),
    ]

    operations = [
        migrations.AddField(
            model_name='terms',
            name='text_name',
            field=models.CharField(blank=True, help_text='What that file was called.', max_length=150),
        ),
        migrations.AddField(
            model_name='terms',
            name='text_sha256',
            field=models.CharField(blank=True, help_text='Of the full text, a file of its own.', max_length=64),
        ),
    ]
