"""Emergency readings, who has seen them, and guardians' questions: three new tables, so nothing is locked but for the
short look at the tables that their foreign keys name. Backwards: the tables go, with what is in them."""

import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
import xinqiao.crypto.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
        ('school', '0005_moves'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('away', 'A child may be in danger, and no counselor can be reached'), ('hospital', 'A hospital or the police asks at once about a child in their care'), ('missing', 'A child is missing'), ('other', 'Something else that endangers a child')], max_length=8, verbose_name='What has happened')),
                ('reason', xinqiao.crypto.fields.EncryptedTextField(verbose_name='Reason')),
                ('starts_at', models.DateTimeField(verbose_name='From')),
                ('ends_at', models.DateTimeField(verbose_name='Until')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='school.school')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='school.student')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='break_glass', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'emergency reading',
                'verbose_name_plural': 'emergency readings',
                'ordering': ['-starts_at'],
            },
        ),
        migrations.CreateModel(
            name='BreakGlassSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('break_glass', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seen', to='audit.breakglass')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'emergency reading seen',
                'verbose_name_plural': 'emergency readings seen',
            },
        ),
        migrations.CreateModel(
            name='AccessRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField()),
                ('due_on', models.DateField(verbose_name='Due')),
                ('state', models.CharField(choices=[('asked', 'Waiting for the principal'), ('released', 'Answered'), ('declined', 'Declined'), ('taken_back', 'Taken back')], default='asked', max_length=10)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('up_to', models.BigIntegerField(blank=True, null=True)),
                ('withheld', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('answer', xinqiao.crypto.fields.EncryptedTextField(blank=True, verbose_name='Words to the guardian')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='school.school')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='school.student')),
            ],
            options={
                'verbose_name': 'question who has seen the records',
                'verbose_name_plural': 'questions who has seen the records',
                'ordering': ['-asked_at'],
                'indexes': [models.Index(fields=['school', 'state'], name='audit_acces_school__484df1_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('student', 'asked_by'), name='one_access_question_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'released'), _negated=True), models.Q(('answered_at__isnull', False), ('up_to__isnull', False)), _connector='OR'), name='access_answer_says_how_far'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('answered_at__isnull', False), django.db.models.lookups.GreaterThan(django.db.models.functions.text.Length('answer'), 0)), _connector='OR'), name='access_refusal_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['released', 'declined']), _negated=True), ('answered_by__isnull', False), _connector='OR'), name='access_answer_says_who')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accessrequest',
            trigger=pgtrigger.compiler.Trigger(name='access_request_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{asked:released,asked:declined,asked:taken_back}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='886c69465852df9c4a130dcb0250b6d20f0f2801', operation='UPDATE', pgid='pgtrigger_access_request_moves_d790a', table='audit_accessrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accessrequest',
            trigger=pgtrigger.compiler.Trigger(name='access_question_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN ((TRUE) AND (OLD."school_id" IS DISTINCT FROM NEW."school_id" OR OLD."student_id" IS DISTINCT FROM NEW."student_id" OR OLD."asked_by_id" IS DISTINCT FROM NEW."asked_by_id" OR OLD."asked_at" IS DISTINCT FROM NEW."asked_at" OR OLD."due_on" IS DISTINCT FROM NEW."due_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a5f82db36a37823c7e40dba8e22eae9e5ef428d1', operation='UPDATE', pgid='pgtrigger_access_question_stays_8a9fc', table='audit_accessrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accessrequest',
            trigger=pgtrigger.compiler.Trigger(name='access_answer_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN ((OLD.state <> \'asked\') AND (OLD."answered_at" IS DISTINCT FROM NEW."answered_at" OR OLD."answered_by_id" IS DISTINCT FROM NEW."answered_by_id" OR OLD."up_to" IS DISTINCT FROM NEW."up_to" OR OLD."withheld" IS DISTINCT FROM NEW."withheld" OR OLD."answer" IS DISTINCT FROM NEW."answer"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='66694a966ce1b7116e155d9b5c60f4128673cf9d', operation='UPDATE', pgid='pgtrigger_access_answer_stays_9fdd8', table='audit_accessrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accessrequest',
            trigger=pgtrigger.compiler.Trigger(name='access_request_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6fd22a3efedd82966960c79338da5c5db32c6ac3', operation='DELETE', pgid='pgtrigger_access_request_is_kept_72081', table='audit_accessrequest', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='breakglass',
            index=models.Index(fields=['school', 'starts_at'], name='audit_break_school__92c530_idx'),
        ),
        migrations.AddConstraint(
            model_name='breakglass',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at')), ('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('starts_at'), '+', models.Value(datetime.timedelta(seconds=3600))))), name='break_glass_lasts_an_hour'),
        ),
        migrations.AddConstraint(
            model_name='breakglass',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.GreaterThan(django.db.models.functions.text.Length('reason'), 0)), name='break_glass_says_why'),
        ),
        migrations.AddConstraint(
            model_name='breakglass',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='break_glass_ended_by_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='breakglass',
            trigger=pgtrigger.compiler.Trigger(name='break_glass_stays_as_given', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN ((TRUE) AND (OLD."user_id" IS DISTINCT FROM NEW."user_id" OR OLD."school_id" IS DISTINCT FROM NEW."school_id" OR OLD."student_id" IS DISTINCT FROM NEW."student_id" OR OLD."kind" IS DISTINCT FROM NEW."kind" OR OLD."reason" IS DISTINCT FROM NEW."reason" OR OLD."starts_at" IS DISTINCT FROM NEW."starts_at" OR OLD."ends_at" IS DISTINCT FROM NEW."ends_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8b9a58a9bc9bc5e9ad31ca40bba9549bd4206ef1', operation='UPDATE', pgid='pgtrigger_break_glass_stays_as_given_0c4b1', table='audit_breakglass', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='breakglass',
            trigger=pgtrigger.compiler.Trigger(name='break_glass_ends_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN ((OLD.ended_at IS NOT NULL) AND (OLD."ended_at" IS DISTINCT FROM NEW."ended_at" OR OLD."ended_by_id" IS DISTINCT FROM NEW."ended_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2c4e2cd10e07ed387c98042492b82c132761aa9d', operation='UPDATE', pgid='pgtrigger_break_glass_ends_once_82fda', table='audit_breakglass', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='breakglass',
            trigger=pgtrigger.compiler.Trigger(name='break_glass_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='00ccc4069d58ccb6cfb789b49be2ce83605a21bf', operation='DELETE', pgid='pgtrigger_break_glass_is_kept_8d11a', table='audit_breakglass', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='breakglassseen',
            constraint=models.UniqueConstraint(fields=('break_glass', 'person'), name='break_glass_seen_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='breakglassseen',
            trigger=pgtrigger.compiler.Trigger(name='break_glass_seen_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9495e23dcd442cfda9d177c54dc3c034ffde9df0', operation='UPDATE OR DELETE', pgid='pgtrigger_break_glass_seen_is_kept_a0154', table='audit_breakglassseen', when='BEFORE')),
        ),
    ]
