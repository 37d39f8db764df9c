from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TOPICS = {'in_review': 'review.waiting', 'came_back': 'review.returned'}


def carry_over(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Every mail, not only what waits: what was sent is not sent again, and what was given up can be tried again."""
    OutgoingMessage = apps.get_model('core', 'OutgoingMessage')
    mails = apps.get_model('approvals', 'Mail').objects.select_related('review__version__asset').order_by('id')
    rows = (_message(OutgoingMessage, mail) for mail in mails.iterator(chunk_size=500))
    OutgoingMessage.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _message(OutgoingMessage: Any, mail: Any) -> Any:
    about = ('approvals.decision', mail.decision_id) if mail.decision_id else ('approvals.review', mail.review_id)
    return OutgoingMessage(
        topic=TOPICS[mail.kind],
        to_id=mail.to_id,
        subject_type=about[0],
        subject_id=str(about[1]),
        words=mail.review.version.asset.title[:300],
        state=mail.state,
        attempts=mail.attempts,
        written_at=mail.written_at,
        due_at=mail.due_at,
        closed_at=mail.closed_at,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0001_initial'),
        ('core', '0003_outbox'),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel(name='Mail'),
    ]
