"""Asking a class or the school, another day, reminding."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.consents.ask import ask, move_due_day, remind
from xinqiao.consents.errors import Refused
from xinqiao.consents.forms import AskForm, DueForm
from xinqiao.consents.kinds import kind_of
from xinqiao.consents.models import Asking
from xinqiao.consents.reading import classes_to_collect, counts_of, schools_to_ask
from xinqiao.consents.texts import words_for
from xinqiao.school.calendar import calendar_of
from xinqiao.school.models import School

USUAL_SCHOOL_DAYS = 5


@never_cache
@needs(Capability.COLLECT_CONSENT, Capability.RECORD_CONSENT)
@require_http_methods(["GET", "POST"])
def ask_page(request: HttpRequest, kind: str) -> HttpResponse:
    """The words, whom to ask, until when; sent, it is one act."""
    found = kind_of(kind)
    classes = list(classes_to_collect(request.user, found))
    school = get_object_or_404(School.objects.filter(grades__classes__in=classes).distinct().order_by("pk")[:1])
    form = AskForm(
        request.POST or None,
        schools=list(schools_to_ask(request.user, found)),
        classes=classes,
        initial={
            "scope": request.GET.get("scope"),
            "due_on": calendar_of(school).add_school_days(timezone.localdate(), USUAL_SCHOOL_DAYS),
        },
    )
    if request.method == "POST" and form.is_valid():
        place = form.place
        of_class = None if isinstance(place, School) else place
        try:
            asking = ask(
                user=request.user,
                school=place if of_class is None else of_class.grade.school,
                school_class=of_class,
                kind=kind,
                due_on=form.cleaned_data["due_on"],
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            asked = ngettext(
                "The guardians of %(count)d child are asked.", "The guardians of %(count)d children are asked.",
                asking.children,
            )  # fmt: skip
            messages.success(request, asked % {"count": asking.children})
            if of_class is not None:
                return redirect("consents:class_page", kind, of_class.pk)
            return redirect(reverse("consents:overview") + f"?kind={kind}")
    context = {
        "kind": found,
        "form": form,
        "sections": words_for(school, kind),
        "lines": [line for line in counts_of(classes, found, timezone.localdate()) if line.not_asked],
    }
    return render(request, "consents/ask.html", context, status=422 if form.errors else 200)


@needs(Capability.COLLECT_CONSENT, Capability.RECORD_CONSENT)
@require_POST
def remind_all(request: HttpRequest, asking_id: uuid.UUID) -> HttpResponse:
    asking = _found(request, asking_id)
    told = remind(user=request.user, asking=asking)
    if told:
        sent = ngettext(
            "%(count)d guardian is reminded by mail.", "%(count)d guardians are reminded by mail.", told
        )  # fmt: skip
        messages.success(request, sent % {"count": told})
    else:
        messages.info(
            request,
            _("Nobody was reminded: those who have an account were reminded for this day already, or have answered."),
        )
    return redirect(reverse("consents:overview") + f"?kind={asking.kind}")


@needs(Capability.COLLECT_CONSENT, Capability.RECORD_CONSENT)
@require_POST
def due_day(request: HttpRequest, asking_id: uuid.UUID) -> HttpResponse:
    asking = _found(request, asking_id)
    form = DueForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["due_on"]))
    else:
        move_due_day(user=request.user, asking=asking, due_on=form.cleaned_data["due_on"])
        messages.success(request, _("The day is moved. You can remind once more."))
    return redirect(reverse("consents:overview") + f"?kind={asking.kind}")


def _found(request: HttpRequest, asking_id: uuid.UUID) -> Asking:
    return get_object_or_404(
        Asking.objects.visible_to(request.user).select_related("school", "school_class__grade"), pk=asking_id
    )
