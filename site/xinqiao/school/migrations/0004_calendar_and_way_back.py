"""Breaks, terms that do not overlap, and the way back of a roster import.

New columns without a rewrite. The exclusion of overlapping terms builds a small index while writes to the terms wait, and stops
where terms overlap already: mend their dates first. The two checks of the imports read that small table once.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import xinqiao.crypto.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('school', '0003_roster_imports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SchoolBreak',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='Name')),
                ('starts_on', models.DateField(verbose_name='From')),
                ('ends_on', models.DateField(verbose_name='Until')),
            ],
            options={
                'verbose_name': 'break',
                'verbose_name_plural': 'breaks',
                'ordering': ['starts_on'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='importrun',
            name='roster_run_states',
        ),
        migrations.RemoveConstraint(
            model_name='importrun',
            name='roster_run_state_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='importrun',
            name='roster_run_keeps_nothing',
        ),
        migrations.AddField(
            model_name='importrun',
            name='done_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='importrun',
            name='way_back',
            field=xinqiao.crypto.fields.EncryptedTextField(blank=True, db_default='', default=''),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='state',
            field=models.CharField(choices=[('checking', 'Being checked'), ('checked', 'Waits for your decision'), ('refused', 'Cannot be read'), ('applying', 'Being imported'), ('done', 'Imported'), ('dropped', 'Not imported'), ('undoing', 'Being taken back'), ('undone', 'Taken back')], default='checking', max_length=8, verbose_name='State'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='importrun',
            trigger=pgtrigger.compiler.Trigger(name='roster_run_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{applying:checking,applying:done,applying:refused,checked:applying,checked:checking,checked:dropped,checking:checked,checking:dropped,checking:refused,done:undoing,undoing:done,undoing:undone}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='7591ca065ecf12f65e67c9d58d4edbbacc0a7474', operation='UPDATE', pgid='pgtrigger_roster_run_states_3572c', table='school_importrun', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['checking', 'checked', 'refused', 'applying', 'done', 'dropped', 'undoing', 'undone'])), name='roster_run_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['done', 'dropped', 'undoing', 'undone']), _negated=True), ('file', ''), _connector='OR'), name='roster_run_keeps_nothing'),
        ),
        migrations.AddConstraint(
            model_name='term',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('school_id', 'school_id', models.Value('[]'), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func('starts_on', 'ends_on', models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='terms_do_not_overlap'),
        ),
        migrations.AddField(
            model_name='schoolbreak',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='breaks', to='school.school'),
        ),
        migrations.AddConstraint(
            model_name='schoolbreak',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='break_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='schoolbreak',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func('school_id', 'school_id', models.Value('[]'), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func('starts_on', 'ends_on', models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='breaks_do_not_overlap'),
        ),
    ]
