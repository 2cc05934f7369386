"""Moves: what began and ended an enrolment, classes that close, restrictions with their reason; and two guards.

New columns are empty and rewrite nothing. The two indexes of the enrolments are built while writes to them wait (about a
second for 300,000 rows); the triggers take a lock for the moment of their creation.
"""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
import xinqiao.crypto.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('school', '0004_calendar_and_way_back'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('join', 'Joined the school'), ('change', 'Changed class'), ('leave', 'Left the school'), ('return', 'Came back'), ('merge', 'Classes were merged'), ('split', 'Class was split'), ('roll_over', 'School year moved up')], max_length=10, verbose_name='Kind')),
                ('on', models.DateField(verbose_name='From')),
                ('reason', models.CharField(blank=True, choices=[('moved_away', 'Moved to another school'), ('suspended', 'Schooling suspended; will come back'), ('graduated', 'Finished the sixth grade'), ('other', 'Another reason')], max_length=10, verbose_name='Reason')),
                ('school_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='School year')),
                ('children', models.PositiveIntegerField(default=0, verbose_name='children concerned')),
                ('undo_facts', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='When')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='Taken back')),
            ],
            options={
                'verbose_name': 'move',
                'verbose_name_plural': 'moves',
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Restriction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', xinqiao.crypto.fields.EncryptedTextField(verbose_name='Decision')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_because', xinqiao.crypto.fields.EncryptedTextField(blank=True, verbose_name='Why it ended')),
            ],
            options={
                'verbose_name': 'restriction of a guardian',
                'verbose_name_plural': 'restrictions of guardians',
                'ordering': ['-made_at'],
            },
        ),
        migrations.AddField(
            model_name='schoolclass',
            name='closed_on',
            field=models.DateField(blank=True, null=True, verbose_name='Closed since'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='enrolment_fits_when_made', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT 1 FROM fresh JOIN school_enrolment other\n            ON other.student_id = fresh.student_id AND other.id <> fresh.id\n        WHERE other.starts_on <= COALESCE(fresh.ends_on, 'infinity'::date)\n            AND fresh.starts_on <= COALESCE(other.ends_on, 'infinity'::date)\n    ) THEN\n        RAISE EXCEPTION 'a child sits in two classes on one day' USING ERRCODE = 'check_violation';\n    END IF;\n    IF EXISTS (\n        SELECT 1 FROM fresh JOIN school_schoolclass class ON class.id = fresh.school_class_id\n        WHERE class.closed_on <= COALESCE(fresh.ends_on, 'infinity'::date)\n    ) THEN\n        RAISE EXCEPTION 'the class is closed' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NULL;\n", hash='1aac77b2e15616037dd05615f243cd7f1674e639', level='STATEMENT', operation='INSERT', pgid='pgtrigger_enrolment_fits_when_made_9590e', referencing='REFERENCING NEW TABLE AS fresh ', table='school_enrolment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='enrolment',
            trigger=pgtrigger.compiler.Trigger(name='enrolment_fits_when_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT 1 FROM fresh JOIN school_enrolment other\n            ON other.student_id = fresh.student_id AND other.id <> fresh.id\n        WHERE other.starts_on <= COALESCE(fresh.ends_on, 'infinity'::date)\n            AND fresh.starts_on <= COALESCE(other.ends_on, 'infinity'::date)\n    ) THEN\n        RAISE EXCEPTION 'a child sits in two classes on one day' USING ERRCODE = 'check_violation';\n    END IF;\n    IF EXISTS (\n        SELECT 1 FROM fresh JOIN school_schoolclass class ON class.id = fresh.school_class_id\n        WHERE class.closed_on <= COALESCE(fresh.ends_on, 'infinity'::date)\n    ) THEN\n        RAISE EXCEPTION 'the class is closed' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NULL;\n", hash='762426dc1ce02f3d35a517686a5b7fc05aa7f73e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_enrolment_fits_when_changed_aa9af', referencing='REFERENCING NEW TABLE AS fresh ', table='school_enrolment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='schoolclass',
            trigger=pgtrigger.compiler.Trigger(name='closed_class_is_empty', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."closed_on" IS NOT NULL)', func="\n    IF EXISTS (\n        SELECT 1 FROM school_enrolment WHERE school_class_id = NEW.id\n            AND COALESCE(ends_on, 'infinity'::date) >= NEW.closed_on\n    ) THEN\n        RAISE EXCEPTION 'children sit in the class' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='9d2a2d1f48bb955c16de5770411d0d62358195c2', operation='UPDATE OF "closed_on"', pgid='pgtrigger_closed_class_is_empty_b3c5e', table='school_schoolclass', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='move',
            name='from_class',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='school.schoolclass'),
        ),
        migrations.AddField(
            model_name='move',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='move',
            name='school',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='school.school'),
        ),
        migrations.AddField(
            model_name='move',
            name='student',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='moves', to='school.student'),
        ),
        migrations.AddField(
            model_name='move',
            name='to_class',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='school.schoolclass'),
        ),
        migrations.AddField(
            model_name='move',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='begun_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='begun', to='school.move'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ended', to='school.move'),
        ),
        migrations.AddField(
            model_name='restriction',
            name='guardianship',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='restrictions', to='school.guardianship'),
        ),
        migrations.AddField(
            model_name='restriction',
            name='lifted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='restriction',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='move',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'roll_over'), ('undone_at', None)), fields=('school', 'school_year'), name='one_roll_over_a_school_year'),
        ),
        migrations.AddConstraint(
            model_name='move',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['join', 'change', 'leave', 'return', 'merge', 'split', 'roll_over'])), name='move_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='move',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'roll_over'), ('school_year__isnull', False)), models.Q(models.Q(('kind', 'roll_over'), _negated=True), ('school_year__isnull', True)), _connector='OR'), name='roll_over_has_a_school_year'),
        ),
        migrations.AddConstraint(
            model_name='move',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'leave'), _negated=True), ('reason__in', ['moved_away', 'suspended', 'graduated', 'other']), _connector='OR'), name='leaving_has_a_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='move',
            trigger=pgtrigger.compiler.Trigger(name='move_is_not_rewritten', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."school_id" IS DISTINCT FROM (NEW."school_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."on" IS DISTINCT FROM (NEW."on") OR OLD."from_class_id" IS DISTINCT FROM (NEW."from_class_id") OR OLD."to_class_id" IS DISTINCT FROM (NEW."to_class_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."school_year" IS DISTINCT FROM (NEW."school_year") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='94ffb1862c817433f0121fa2a202ab48a0dd1cf1', operation='UPDATE', pgid='pgtrigger_move_is_not_rewritten_bce10', table='school_move', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='move',
            trigger=pgtrigger.compiler.Trigger(name='move_is_taken_back_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."undone_at" IS NOT NULL AND OLD."undone_at" IS DISTINCT FROM (NEW."undone_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a91ee7b2cb58ae75e1b38b34508aa4d8f4a13c64', operation='UPDATE', pgid='pgtrigger_move_is_taken_back_once_2f2fa', table='school_move', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='restriction',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('guardianship',), name='one_standing_restriction'),
        ),
    ]
