"""Consents have a registry of their own, which has taken over the table; here only the old triggers go.

Locks the table of consents for four DROP TRIGGER statements. Reversed, it puts them back.
"""

import django.db.models.deletion
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consents", "0001_initial"),
        ("screening_referrals", "0003_whose_it_is"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="consent", name="consent_moves"),
        pgtrigger.migrations.RemoveTrigger(model_name="consent", name="consent_starts_asked"),
        pgtrigger.migrations.RemoveTrigger(model_name="consent", name="consent_answer_stays"),
        pgtrigger.migrations.RemoveTrigger(model_name="consent", name="consent_stays"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="referral",
                    name="consent",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="consents.consent",
                    ),
                ),
                migrations.DeleteModel(name="Consent"),
            ],
        ),
    ]
