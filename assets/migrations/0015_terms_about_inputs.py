"""What terms say of the photographs that are sent to a provider."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0014_consents_as_records'),
    ]

    operations = [
        migrations.AddField(
            model_name='terms',
            name='inputs',
            field=models.JSONField(blank=True, default=dict, help_text='Whether they let us send the photograph of a listing: {answer, detail, source}.'),
        ),
    ]
