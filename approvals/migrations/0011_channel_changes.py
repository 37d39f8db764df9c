"""A channel has a territory, and a change of it waits until a second person confirms it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0010_end_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='channel',
            name='territory',
            field=models.JSONField(blank=True, default=list, help_text='Where it is seen: codes of ISO 3166 such as US-CA. Empty: not stated.'),
        ),
        migrations.CreateModel(
            name='ChannelChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(help_text='The fields that differ, as they were.')),
                ('after', models.JSONField(help_text='The same fields, as they are to be.')),
                ('why', models.CharField(blank=True, max_length=300)),
                ('state', models.CharField(choices=[('waiting', 'Waits for a second person'), ('confirmed', 'Confirmed'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=16)),
                ('proposed_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='approvals.channel')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-proposed_at', '-id'),
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['proposed_at'], name='waiting_channel_changes')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), models.Q(('closed_by__isnull', False), models.Q(('closed_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='another_person_confirms_a_change')],
            },
        ),
    ]
