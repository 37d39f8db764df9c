"""What a version took over from the one before it, until somebody looks at it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0015_terms_about_inputs'),
    ]

    operations = [
        migrations.AddField(
            model_name='version',
            name='carried_over',
            field=models.JSONField(blank=True, default=list, help_text='What came from the version before and nobody has looked at since: alt_text, license, consents.'),
        ),
    ]
