"""The registry. Consents were kept by referrals: their table is taken over as it is, no row is copied or sealed anew.

Locks the table of consents (dozens of rows so far) for the time of an index and of adding empty columns.
Its old triggers stay until `screening_referrals` 0004 has let go of the model, so that no moment is unguarded.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
import xinqiao.crypto.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("school", "0001_initial"),
        ("screening_referrals", "0003_whose_it_is"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Asking",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("screening", "Screening and psychological file"),
                            ("counselling", "Individual counselling"),
                            ("referral", "Referral to a hospital"),
                            ("questionnaire", "Questionnaire for the child"),
                            ("handover", "File passed on to the next school"),
                            ("recording", "Sound or pictures from counselling"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text_version", models.CharField(max_length=12)),
                ("asked_at", models.DateTimeField()),
                ("children", models.PositiveIntegerField(verbose_name="Children")),
                ("due_on", models.DateField(verbose_name="Answer hoped for by")),
                ("due_version", models.PositiveSmallIntegerField(default=1)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="school.school"
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="school.schoolclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "asking for consents",
                "verbose_name_plural": "askings for consents",
                "ordering": ["-asked_at"],
            },
        ),
        migrations.CreateModel(
            name="ConsentRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "required",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("screening", "Screening and psychological file"),
                                ("counselling", "Individual counselling"),
                                ("referral", "Referral to a hospital"),
                                ("questionnaire", "Questionnaire for the child"),
                                ("handover", "File passed on to the next school"),
                                ("recording", "Sound or pictures from counselling"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "school",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consent_rule", to="school.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "rule for consents",
                "verbose_name_plural": "rules for consents",
            },
        ),
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("screening", "Screening and psychological file"),
                            ("counselling", "Individual counselling"),
                            ("referral", "Referral to a hospital"),
                            ("questionnaire", "Questionnaire for the child"),
                            ("handover", "File passed on to the next school"),
                            ("recording", "Sound or pictures from counselling"),
                        ],
                        max_length=20,
                    ),
                ),
                ("version", models.CharField(max_length=12, verbose_name="Version")),
                ("sections", models.JSONField(default=list)),
                ("asks_again", models.BooleanField(default=False, verbose_name="Guardians are asked again")),
                ("change", models.CharField(blank=True, max_length=200, verbose_name="What is different")),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consent_texts", to="school.school"
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a consent",
                "verbose_name_plural": "texts of consents",
                "ordering": ["kind", "published_at"],
            },
        ),
        migrations.CreateModel(
            name="SafetyOverride",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("screening", "Screening and psychological file"),
                            ("counselling", "Individual counselling"),
                            ("referral", "Referral to a hospital"),
                            ("questionnaire", "Questionnaire for the child"),
                            ("handover", "File passed on to the next school"),
                            ("recording", "Sound or pictures from counselling"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", xinqiao.crypto.fields.EncryptedTextField(verbose_name="Why it cannot wait")),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="school.school"
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="safety_overrides",
                        to="school.student",
                    ),
                ),
            ],
            options={
                "verbose_name": "acting without consent",
                "verbose_name_plural": "acting without consent",
                "ordering": ["-made_at"],
            },
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("kind", models.CharField(choices=[("referral", "Referral to a hospital")], max_length=10)),
                        ("text_version", models.CharField(max_length=12)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("requested", "Asked"),
                                    ("given", "Given"),
                                    ("refused", "Refused"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="requested",
                                max_length=9,
                                verbose_name="State",
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                        (
                            "how",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("in_person", "In person"),
                                    ("phone", "By telephone"),
                                    ("paper", "Signed on paper"),
                                ],
                                max_length=9,
                                verbose_name="How it was said",
                            ),
                        ),
                        ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="When it was said")),
                        ("evidence", xinqiao.crypto.fields.EncryptedTextField(blank=True, verbose_name="Evidence")),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "guardian",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consents",
                                to="school.guardian",
                                verbose_name="Guardian",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="school.school"
                            ),
                        ),
                        (
                            "student",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consents",
                                to="school.student",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "consent",
                        "verbose_name_plural": "consents",
                        "db_table": "screening_referrals_consent",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "requested"),
                                    models.Q(
                                        ("answered_at__isnull", False),
                                        ("guardian__isnull", False),
                                        ("recorded_by__isnull", False),
                                        models.Q(("how", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="answer_says_who_how_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "withdrawn"), _negated=True),
                                    ("withdrawn_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="withdrawn_says_when",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.AlterField(
            model_name="consent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("screening", "Screening and psychological file"),
                    ("counselling", "Individual counselling"),
                    ("referral", "Referral to a hospital"),
                    ("questionnaire", "Questionnaire for the child"),
                    ("handover", "File passed on to the next school"),
                    ("recording", "Sound or pictures from counselling"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("online", "In their own account"),
                    ("in_person", "In person"),
                    ("phone", "By telephone"),
                    ("paper", "Signed on paper"),
                ],
                max_length=9,
                verbose_name="How it was said",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="recorded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="expires_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawn_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("online", "In their own account"),
                    ("in_person", "In person"),
                    ("phone", "By telephone"),
                    ("paper", "Signed on paper"),
                ],
                max_length=9,
                default="",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawal_evidence",
            field=xinqiao.crypto.fields.EncryptedTextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="consent",
            name="asking",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="consents.asking",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawal_recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="school.guardian",
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["school", "kind", "state"], name="consent_school_kind_state"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "requested"), models.Q(("kind", "referral"), _negated=True)),
                fields=("student", "kind"),
                name="one_open_question_a_child_and_kind",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="consent_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{requested:given,requested:refused,given:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="9d2f63ccda268abc29d962d10e97d754e272f77a",
                    operation="UPDATE",
                    pgid="pgtrigger_consent_moves_9a229",
                    table="screening_referrals_consent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="consent_starts_asked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"state\" = 'requested'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;",
                    hash="6c1dc642b41f82a0c510fdf18933a3a6fe5dde61",
                    operation="INSERT",
                    pgid="pgtrigger_consent_starts_asked_37f01",
                    table="screening_referrals_consent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="consent_answer_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN ((OLD.state <> \'requested\') AND (OLD."guardian_id" IS DISTINCT FROM NEW."guardian_id" OR OLD."how" IS DISTINCT FROM NEW."how" OR OLD."answered_at" IS DISTINCT FROM NEW."answered_at" OR OLD."recorded_at" IS DISTINCT FROM NEW."recorded_at" OR OLD."recorded_by_id" IS DISTINCT FROM NEW."recorded_by_id" OR OLD."evidence" IS DISTINCT FROM NEW."evidence" OR OLD."expires_on" IS DISTINCT FROM NEW."expires_on" OR OLD."text_version" IS DISTINCT FROM NEW."text_version" OR OLD."asking_id" IS DISTINCT FROM NEW."asking_id" OR OLD."requested_at" IS DISTINCT FROM NEW."requested_at" OR OLD."requested_by_id" IS DISTINCT FROM NEW."requested_by_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4ce0ce38f55be02ae4ffbb722989f5940e300c3c",
                    operation="UPDATE",
                    pgid="pgtrigger_consent_answer_stays_53bc5",
                    table="screening_referrals_consent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="consent_withdrawal_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN ((OLD.state = \'withdrawn\') AND (OLD."withdrawn_at" IS DISTINCT FROM NEW."withdrawn_at" OR OLD."withdrawn_by_id" IS DISTINCT FROM NEW."withdrawn_by_id" OR OLD."withdrawn_how" IS DISTINCT FROM NEW."withdrawn_how" OR OLD."withdrawal_recorded_by_id" IS DISTINCT FROM NEW."withdrawal_recorded_by_id" OR OLD."withdrawal_evidence" IS DISTINCT FROM NEW."withdrawal_evidence"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b8f053d0a7bf04a9e7feb988ecd3c6be55f6797b",
                    operation="UPDATE",
                    pgid="pgtrigger_consent_withdrawal_stays_1fe19",
                    table="screening_referrals_consent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="consent_is_whose_it_is",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN ((TRUE) AND (OLD."school_id" IS DISTINCT FROM NEW."school_id" OR OLD."student_id" IS DISTINCT FROM NEW."student_id" OR OLD."kind" IS DISTINCT FROM NEW."kind"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="582536616ab723e783fca58066e8c93de5a1c686",
                    operation="UPDATE",
                    pgid="pgtrigger_consent_is_whose_it_is_0d433",
                    table="screening_referrals_consent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="consent_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="9a9aefe51befc0fb228dea6d28c5ca0993bbbeb3",
                    operation="DELETE",
                    pgid="pgtrigger_consent_stays_5e15e",
                    table="screening_referrals_consent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="consenttext",
            constraint=models.UniqueConstraint(fields=("school", "kind", "version"), name="one_text_of_a_version"),
        ),
        migrations.AddConstraint(
            model_name="consenttext",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at__isnull", True)),
                fields=("school", "kind"),
                name="one_draft_text_a_kind",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consenttext",
            trigger=pgtrigger.compiler.Trigger(
                name="published_text_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."published_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="abbf3a10d7c68c928cd66f03b2deae5c14a01ba7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_published_text_stays_c6801",
                    table="consents_consenttext",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.GreaterThan(django.db.models.functions.text.Length("reason"), 0)
                ),
                name="override_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("made_at"))), name="override_ends"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="safetyoverride",
            trigger=pgtrigger.compiler.Trigger(
                name="override_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f0fc8b53dcf5b9ff98e4a65016cd367accd0d210",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_override_stays_4f690",
                    table="consents_safetyoverride",
                    when="BEFORE",
                ),
            ),
        ),
    ]
