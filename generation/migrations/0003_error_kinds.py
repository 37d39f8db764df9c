from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KINDS = [
    ('failed', 'Failed'), ('refused', 'Refused'), ('rejected', 'Rejected'), ('unauthorized', 'Unauthorized'),
    ('out_of_money', 'Out of money'), ('rate_limited', 'Rate limited'), ('unavailable', 'Unavailable'),
    ('unclear', 'Unclear'), ('bad_answer', 'Bad answer'), ('stopped', 'Stopped'), ('model_gone', 'Model gone'),
    ('blocked_address', 'Blocked address'), ('not_sent', 'Not sent'), ('not_asked', 'Not asked'), ('lost', 'Lost'),
    ('poison', 'Poison'),
]


def name_overdue_jobs(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A job whose provider went on past the deadline was noted as `pending`, which is no kind of error."""
    apps.get_model('generation', 'Job').objects.filter(error_kind='pending').update(error_kind='unclear')


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0002_budget_mail_goes_to_the_outbox'),
    ]

    operations = [
        migrations.AlterField(
            model_name='job',
            name='error_kind',
            field=models.CharField(blank=True, choices=KINDS, max_length=32),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='outcome',
            field=models.CharField(blank=True, choices=[('finished', 'Finished'), ('pending', 'Pending'), *KINDS], max_length=32),
        ),
        migrations.RunPython(name_overdue_jobs, migrations.RunPython.noop),
    ]
