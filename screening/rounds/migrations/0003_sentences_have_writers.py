"""Sentences written before are those of whoever saved them. Locks only the rows that have one; backwards nothing is lost."""

from django.db import migrations

_WRITERS = (
    "UPDATE screening_rounds_response SET note_by_id = saved_by_id WHERE note <> '' AND note_by_id IS NULL"
)


class Migration(migrations.Migration):
    dependencies = [("screening_rounds", "0002_whose_sentence")]

    operations = [migrations.RunSQL(_WRITERS, migrations.RunSQL.noop)]
