"""The blind index of guardians' telephones, and its values for the rows that are there: in batches, each on its own."""

from django.db import migrations, transaction

import xinqiao.crypto.index
import xinqiao.school.phones

_BATCH = 500


def fill(apps, schema_editor):
    Guardian = apps.get_model("school", "Guardian")
    last = None
    while True:
        with transaction.atomic():
            rows = Guardian.objects.order_by("pk").select_for_update()
            batch = list(rows.filter(pk__gt=last)[:_BATCH] if last else rows[:_BATCH])
            for guardian in batch:
                if guardian.phone:
                    guardian.save(update_fields=["phone_index"])
        if not batch:
            return
        last = batch[-1].pk


class Migration(migrations.Migration):
    # A batch that is done stays done, and no lock is held longer than for one.
    atomic = False

    dependencies = [("school", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="guardian",
            name="phone_index",
            field=xinqiao.crypto.index.BlindIndexField(
                blank=True,
                db_default="",
                db_index=True,
                default="",
                editable=False,
                max_length=32,
                normal=xinqiao.school.phones.normal_phone,
                of="phone",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
