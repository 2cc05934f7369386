"""Until when an exception may last: one empty column, which takes a short lock and rewrites nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_substitutes_and_many_duties'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='break_glass_until',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
