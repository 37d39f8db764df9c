"""The AI system that made a picture, by the name that goes into files; none in rows from before it was kept."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0007_says_known_stated'),
    ]

    operations = [
        migrations.AddField(
            model_name='provenance',
            name='ai_system',
            field=models.CharField(blank=True, help_text='The AI system as files name it; empty where there was none.', max_length=120, null=True),
        ),
    ]
