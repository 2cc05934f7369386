"""What is true at this school today, for the impact assessment: found in the product and not typed by hand."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.holders import people_who
from xinqiao.accounts.second_factor import is_required
from xinqiao.audit.anchors import AnchorUnreadable, last_day
from xinqiao.consents.enums import ConsentKind, ConsentState
from xinqiao.consents.models import Consent, ConsentRule, SafetyOverride
from xinqiao.crypto.columns import encrypted_tables
from xinqiao.crypto.keyring import key_ring
from xinqiao.privacy.inventory import LANGUAGE
from xinqiao.privacy.models import PrivacyNotice
from xinqiao.records.models import RetentionRun
from xinqiao.school.models import School, Student

A_YEAR = 365


def facts_of(school: School) -> list[dict[str, Any]]:
    """Label, value and whether it is as it should be, in Chinese, for the document."""
    with translation.override(LANGUAGE):
        return [
            _fact(_("Encrypted columns, and the key in use"), _columns(), True),
            _second_factor(),
            _anchor(),
            _retention(school),
            _fact(
                _("People who may read stories"),
                _("%(count)d, and %(leads)d for high-risk cases")
                % {
                    "count": people_who(Capability.READ_NARRATIVE, school).count(),
                    "leads": people_who(Capability.READ_HIGH_NARRATIVE, school).count(),
                },
                True,
            ),
            _consents(school),
            _fact(
                _("Acting without consent for safety, in the last year"),
                str(
                    SafetyOverride.objects.filter(
                        school=school, made_at__gte=timezone.now() - datetime.timedelta(days=A_YEAR)
                    ).count()
                ),
                True,
            ),
            _notice(school),
        ]


def _fact(label: str, value: str, ok: bool) -> dict[str, Any]:
    return {"label": label, "value": value, "ok": ok}


def _columns() -> str:
    columns = sum(len(table.columns) for table in encrypted_tables())
    return _("%(columns)d columns, AES-256-GCM, key %(key)s") % {"columns": columns, "key": key_ring().current}


def _second_factor() -> dict[str, Any]:
    required = is_required()
    return _fact(
        _("Second factor for whoever may open a story"),
        _("required") if required else _("offered, not required"),
        required,
    )


def _anchor() -> dict[str, Any]:
    try:
        last = last_day()
    except AnchorUnreadable:
        last = None
    return _fact(
        _("Last anchor of the audit trail outside of the database"), last.noted if last else _("none yet"), bool(last)
    )


def _retention(school: School) -> dict[str, Any]:
    run = RetentionRun.objects.filter(school=school, done_at__isnull=False).order_by("-done_at").first()
    waits = RetentionRun.objects.filter(school=school, done_at__isnull=True).exists()
    if run is not None:
        value = _("done on %(day)s") % {"day": timezone.localdate(run.done_at).isoformat()}
    else:
        value = _("shown and waiting") if waits else _("nothing has been due yet")
    return _fact(_("Last run of the retention schedule"), value, True)


def _consents(school: School) -> dict[str, Any]:
    children = Student.objects.filter(school=school, current_class__isnull=False).count()
    given = (
        Consent.objects.filter(
            school=school,
            kind=ConsentKind.SCREENING,
            state=ConsentState.GIVEN,
            student__current_class__isnull=False,
        )
        .values("student")
        .distinct()
        .count()
    )
    required = ConsentRule.objects.filter(school=school, required__contains=[ConsentKind.SCREENING]).exists()
    value = _("%(given)d of %(children)d children; %(rule)s") % {
        "given": given,
        "children": children,
        "rule": _("required before screening") if required else _("a missing answer does not stop"),
    }
    return _fact(_("Consents to screening"), value, required or given >= children)


def _notice(school: School) -> dict[str, Any]:
    last = PrivacyNotice.objects.filter(school=school).order_by("-number").first()
    value = (
        _("version %(number)d of %(day)s")
        % {"number": last.number, "day": timezone.localdate(last.published_at).isoformat()}
        if last
        else _("none published yet")
    )
    return _fact(_("Privacy notice"), value, last is not None)
