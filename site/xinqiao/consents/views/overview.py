"""`/consents/`: by kind and class, who was asked and what came back; the last askings with what can be done about them."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from xinqiao.accounts.access import may, needs, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.consents.ask import answered_of
from xinqiao.consents.models import Asking, ConsentRule, SafetyOverride
from xinqiao.consents.reading import SHOWN, classes_to_count, counts_of, kinds_shown_to

LATEST = 8


@never_cache
@needs(Capability.READ_CONSENT)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    kinds = kinds_shown_to(user)
    kind = next((each for each in kinds if each.key == request.GET.get("kind")), kinds[0])
    lines = counts_of(classes_to_count(user), kind, today)
    collects = reach(user, kind.asked_with)
    total: Counter = sum((line.counts for line in lines), Counter())
    askings = list(
        Asking.objects.visible_to(user).filter(kind=kind.key).select_related("school_class__grade", "asked_by")[:LATEST]
    )
    answered = answered_of(askings)
    schools = reach(user, Capability.READ_CONSENT).schools
    leads = bool(schools) and may(user, Capability.READ_HIGH_NARRATIVE)
    context = {
        "kinds": kinds,
        "kind": kind,
        "lines": lines,
        "columns": SHOWN,
        "total": [(standing, total[standing]) for standing in SHOWN],
        "children": sum(line.children for line in lines),
        "answered": sum(line.answered for line in lines),
        "not_asked": sum(line.not_asked for line in lines),
        "disagree": sum(line.disagree for line in lines),
        "collects": bool(collects),
        "askings": [(each, answered[each.pk]) for each in askings],
        "required": kind.may_be_required
        and ConsentRule.objects.filter(school__in=schools, required__contains=[kind.key]).exists(),
        "overrides": SafetyOverride.objects.filter(school__in=schools, ends_at__gt=timezone.now())
        .select_related("student__current_class__grade", "made_by")
        .defer("reason")
        if leads or (schools and may(user, Capability.RECORD_CONSENT))
        else [],
        "manages": may(user, Capability.MANAGE_PRIVACY),
        "today": today,
    }
    return render(request, "consents/overview.html", context)
