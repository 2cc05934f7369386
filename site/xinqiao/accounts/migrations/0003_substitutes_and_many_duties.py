"""Substitutes, and many duties changed at once.

A new empty column without a rewrite; its check and its key read the table of duties once while writes to it wait.
"""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
import xinqiao.crypto.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_initial'),
        ('school', '0004_calendar_and_way_back'),
    ]

    operations = [
        migrations.CreateModel(
            name='DutyRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('copy', 'Copied from the term before'), ('import', 'Imported from a file')], max_length=6)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='When')),
                ('state', models.CharField(choices=[('waiting', 'Waits for your decision'), ('done', 'Done'), ('undone', 'Taken back'), ('dropped', 'Not imported')], default='waiting', max_length=8, verbose_name='State')),
                ('content', xinqiao.crypto.fields.EncryptedTextField(blank=True)),
                ('changes', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'change of many duties',
                'verbose_name_plural': 'changes of many duties',
                'ordering': ['-created_at'],
            },
        ),
        migrations.AddField(
            model_name='appointment',
            name='substitute_for',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='substitutes', to='accounts.appointment'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('substitute_for__isnull', True), ('ends_on__isnull', False), _connector='OR'), name='substitute_has_an_end'),
        ),
        migrations.AddField(
            model_name='dutyrun',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Who'),
        ),
        migrations.AddField(
            model_name='dutyrun',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='school.school'),
        ),
        migrations.AddField(
            model_name='dutyrun',
            name='term',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='school.term'),
        ),
        migrations.AddConstraint(
            model_name='dutyrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'done', 'undone', 'dropped'])), name='duty_run_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='dutyrun',
            constraint=models.CheckConstraint(condition=models.Q(("state", "waiting"), django.db.models.lookups.Exact(django.db.models.functions.text.Length("content"), 0), _connector="OR"), name="duty_run_keeps_nothing"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dutyrun',
            trigger=pgtrigger.compiler.Trigger(name='duty_run_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{done:undone,waiting:done,waiting:dropped}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='447a633839a0ab33fcbc805a9cb4f0c1d5e7a8aa', operation='UPDATE', pgid='pgtrigger_duty_run_states_08708', table='accounts_dutyrun', when='BEFORE')),
        ),
    ]
