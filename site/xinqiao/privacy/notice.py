"""The notice: made from the school's own data and the product's own facts, looked at first, then published as a version that stays."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.privacy.inventory import inventory, passing, retention
from xinqiao.privacy.models import PrivacyNotice, PrivacySettings
from xinqiao.refused import Refused
from xinqiao.school.models import School

FIELDS = ("officer", "officer_duty", "contact", "address", "complaints", "processors", "more")
NEEDED = ("officer", "contact", "address")
"""What the law wants named (Art. 17): who is responsible, and how they are reached."""


class NotWhole(Refused):
    sentence = _("The notice is not whole yet: first fill in what is marked as missing.")


class NothingNew(Refused):
    sentence = _("Nothing has changed since the last version.")


def settings_of(school: School) -> PrivacySettings:
    """The school's row; an unsaved empty one where there is none."""
    return PrivacySettings.objects.filter(school=school).first() or PrivacySettings(school=school)


@transaction.atomic
def save_settings(*, user: User, school: School, **values: str) -> PrivacySettings:
    """Keep the school's own data. The notice that stands changes only when a new version is published.

    Raises:
        NotPermitted
    """
    require(user, Capability.MANAGE_PRIVACY, school)
    row, _made = PrivacySettings.objects.select_for_update().get_or_create(school=school)
    changed = [name for name in FIELDS if name in values and getattr(row, name) != values[name].strip()]
    for name in changed:
        setattr(row, name, values[name].strip())
    if changed:
        row.save(update_fields=changed)
        record(actor=user, action="privacy.save_settings", target=row, details={"fields": changed})
    return row


def missing(school: School, row: PrivacySettings) -> list[str]:
    """What has to be filled in before a notice may go out, in words."""
    found = [str(PrivacySettings._meta.get_field(name).verbose_name) for name in NEEDED if not getattr(row, name)]
    if not school.phone:
        found.append(str(_("Telephone of the school")))
    return found


def content_of(school: School, row: PrivacySettings) -> dict[str, Any]:
    """Everything that the notice says beside its fixed words."""
    return {
        "school": school.name,
        "room": school.counselling_room,
        "phone": school.phone,
        **{name: getattr(row, name) for name in FIELDS},
        "inventory": inventory(school),
        "retention": retention(school),
        "passing": passing(),
    }


@transaction.atomic
def publish_notice(
    *, user: User, school: School, change: str = "", now: datetime.datetime | None = None
) -> PrivacyNotice:
    """Bring out what the notice would say today; the versions before stay readable.

    Raises:
        NotPermitted, NotWhole, NothingNew
    """
    require(user, Capability.MANAGE_PRIVACY, school)
    School.objects.select_for_update(no_key=True).only("pk").get(pk=school.pk)
    row = settings_of(school)
    if missing(school, row):
        raise NotWhole
    content = content_of(school, row)
    last = PrivacyNotice.objects.filter(school=school).order_by("-number").first()
    if last is not None and last.content == content:
        raise NothingNew
    made = PrivacyNotice.objects.create(
        school=school,
        number=last.number + 1 if last else 1,
        published_at=now or timezone.now(),
        published_by=user,
        change=change.strip(),
        content=content,
    )
    record(actor=user, action="privacy.publish_notice", target=made, details={"number": made.number})
    return made


def newest_notices() -> list[PrivacyNotice]:
    """Each school's notice that holds today; one query."""
    return list(PrivacyNotice.objects.order_by("school", "-number").distinct("school").select_related("school"))
