"""Sealed secrets of second factors, people to be confirmed, and what ends a person's sessions at once.

Two columns with constant defaults of the database: the table of people is locked for a moment and not rewritten. Undoing it drops the
secrets, so that nobody's authenticator app is known any more.
"""

import django.db.models.deletion
import django.utils.timezone
import uuid
import xinqiao.crypto.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_break_glass_until'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='must_change_password',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='user',
            name='session_number',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.CreateModel(
            name='FactorSecret',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', xinqiao.crypto.fields.EncryptedTextField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'secret of a second factor',
                'verbose_name_plural': 'secrets of second factors',
            },
        ),
        migrations.CreateModel(
            name='IdentityCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('entered', 'entered by an administrator'), ('password', 'password set by an administrator'), ('mail', 'mail address changed by an administrator'), ('factor_reset', 'second factor removed by an administrator')], max_length=16)),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identity_checks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'confirmation of a person',
                'verbose_name_plural': 'confirmations of people',
                'indexes': [models.Index(condition=models.Q(('confirmed_at__isnull', True)), fields=['user'], name='identity_check_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), ('confirmed_at__isnull', False), _connector='OR'), name='confirmed_by_somebody_at_a_time'), models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), models.Q(models.Q(('confirmed_by', models.F('user')), _negated=True), models.Q(('confirmed_by', models.F('opened_by')), _negated=True)), _connector='OR'), name='confirmed_by_a_third_person')],
            },
        ),
    ]
