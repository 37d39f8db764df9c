from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q


def carry_over(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One message to each manager about each alert that nobody was mailed. Those that were mailed are done with."""
    OutgoingMessage = apps.get_model('core', 'OutgoingMessage')
    BudgetAlert = apps.get_model('generation', 'BudgetAlert')
    managers = sorted(_managers(apps))
    rows = [
        OutgoingMessage(
            topic='budget.alert',
            to_id=manager,
            subject_type='generation.budgetalert',
            subject_id=str(alert.pk),
            words=f'{alert.level} % of a budget, {alert.budget.month:%B %Y}',
            written_at=alert.at,
        )
        for alert in BudgetAlert.objects.filter(mailed_at=None).select_related('budget').order_by('id')
        for manager in managers
    ]
    OutgoingMessage.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _managers(apps: StateApps) -> set[int]:
    right = {'codename': 'manage_money', 'content_type__app_label': 'generation'}
    may = Q(is_superuser=True)
    for through in ('groups__permissions', 'user_permissions'):
        may |= Q(**{f'{through}__{name}': value for name, value in right.items()})
    people = apps.get_model('core', 'User').objects.filter(may, is_active=True, mail_budgets=True).exclude(email='')
    return {person.pk for person in people}


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0001_initial'),
        ('core', '0003_outbox'),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name='budgetalert', name='mailed_at'),
    ]
