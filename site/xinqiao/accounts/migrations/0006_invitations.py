"""Invitations and who joined by them: new tables only. Locks the tables they point to for the moment in which the references are made."""

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
        ("accounts", "0005_sessions_and_factors"),
        ("school", "0005_moves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "how",
                    models.CharField(
                        choices=[("paper", "Letter"), ("mail", "E-mail")], max_length=5, verbose_name="Way"
                    ),
                ),
                ("printing", models.UUIDField(blank=True, db_index=True, null=True)),
                ("code_mark", models.CharField(blank=True, default="", editable=False, max_length=32)),
                ("places", models.PositiveSmallIntegerField(default=2)),
                ("used", models.PositiveSmallIntegerField(default=0)),
                ("wrong_tries", models.PositiveSmallIntegerField(default=0)),
                ("address", xinqiao.crypto.fields.EncryptedTextField(blank=True, verbose_name="E-mail")),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(verbose_name="Good until")),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="school.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation of guardians",
                "verbose_name_plural": "invitations of guardians",
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="Joining",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "guardian",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="joinings",
                        to="school.guardian",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="joinings", to="accounts.invitation"
                    ),
                ),
            ],
            options={
                "verbose_name": "guardian who joined",
                "verbose_name_plural": "guardians who joined",
            },
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code_mark", ""), _negated=True),
                fields=("code_mark",),
                name="invitation_code_is_one_childs",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("used__lte", models.F("places"))), name="invitation_has_so_many_places"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(condition=models.Q(("places__range", (1, 2))), name="invitation_places"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("made_at"))), name="invitation_expires_later"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="invitation_is_for_one_child",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."student_id" IS DISTINCT FROM (NEW."student_id") OR OLD."how" IS DISTINCT FROM (NEW."how") OR OLD."places" IS DISTINCT FROM (NEW."places") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="20791aae65c84f951695916820772b8bdadebc4b",
                    operation="UPDATE",
                    pgid="pgtrigger_invitation_is_for_one_child_cb6d4",
                    table="accounts_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="invitation_taken_back_stays_so",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."revoked_at" IS NOT NULL AND (NEW."revoked_at" IS NULL OR OLD."used" IS DISTINCT FROM (NEW."used") OR OLD."code_mark" IS DISTINCT FROM (NEW."code_mark")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c42fe631b0a1c9fb8f6033be4b51b00b9ea39911",
                    operation="UPDATE",
                    pgid="pgtrigger_invitation_taken_back_stays_so_d7f17",
                    table="accounts_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="invitation_tries_are_not_forgotten",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."wrong_tries" < (OLD."wrong_tries"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="adb4f26507b002cea9a6ea64fb59aa3ab41d5ed5",
                    operation="UPDATE",
                    pgid="pgtrigger_invitation_tries_are_not_forgotten_69166",
                    table="accounts_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="joining",
            constraint=models.UniqueConstraint(
                fields=("invitation", "guardian"), name="a_guardian_joins_once_by_an_invitation"
            ),
        ),
    ]
