"""One child: what holds for each kind, everything that was said, and writing down what a guardian says now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from xinqiao.accounts.access import may, needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.consents.answer import record_voice
from xinqiao.consents.ask import ask
from xinqiao.consents.effects import goes_on, stops
from xinqiao.consents.enums import AGAINST, ConsentState
from xinqiao.consents.errors import Refused
from xinqiao.consents.forms import SafetyForm, VoiceForm
from xinqiao.consents.kinds import KINDS, Kind, kind_of
from xinqiao.consents.models import Consent
from xinqiao.consents.safety import act_for_safety
from xinqiao.consents.standing import overrides_of, pictures, stands
from xinqiao.school.calendar import calendar_of
from xinqiao.school.models import Student

USUAL_SCHOOL_DAYS = 5


@never_cache
@needs(Capability.COLLECT_CONSENT, Capability.RECORD_CONSENT)
@require_safe
def child(request: HttpRequest, student_id: int) -> HttpResponse:
    return _page(request, _student(request, student_id))


@needs(Capability.COLLECT_CONSENT, Capability.RECORD_CONSENT)
@require_POST
def ask_one(request: HttpRequest, student_id: int, kind: str) -> HttpResponse:
    student, found = _both(request, student_id, kind)
    due_on = calendar_of(student.school).add_school_days(timezone.localdate(), USUAL_SCHOOL_DAYS)
    try:
        ask(user=request.user, school=student.school, student=student, kind=kind, due_on=due_on)
    except Refused as refused:
        messages.info(request, str(refused))
    else:
        messages.success(request, _("The guardians are asked. Those with an account get a mail."))
    return _back(student, found)


@never_cache
@needs(Capability.COLLECT_CONSENT, Capability.RECORD_CONSENT)
@require_POST
def answer(request: HttpRequest, student_id: int, kind: str) -> HttpResponse:
    """What a guardian says now: yes or no, also after an earlier answer; a no to what was given takes it back."""
    student, found = _both(request, student_id, kind)
    consent = _to_answer(student, kind)
    if consent is None:
        messages.error(request, _("Ask for the consent first."))
        return _back(student, found)
    given = request.POST.get("given") == "yes"
    form = VoiceForm(request.POST, student=student, auto_id=f"{kind}_%s")
    if not form.is_valid():
        return _page(request, student, bound={kind: form}, status=422)
    try:
        said = record_voice(user=request.user, consent=consent, given=given, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, student, bound={kind: form}, status=409)
    if said.state == ConsentState.WITHDRAWN:
        messages.success(request, _("Written down: taken back. What it stops has stopped."))
    elif given and not found.per_case and not stands(student, kind):
        messages.warning(
            request, _("Written down, but it does not stand: a guardian said no, and has not agreed since.")
        )
    else:
        messages.success(request, _("Written down."))
    return _back(student, found)


@never_cache
@needs(Capability.RECORD_CONSENT)
@require_POST
def safety(request: HttpRequest, student_id: int, kind: str) -> HttpResponse:
    """Life is in danger: for some days it goes on without a consent."""
    student, found = _both(request, student_id, kind)
    form = SafetyForm(request.POST, auto_id=f"safety_{kind}_%s")
    if not form.is_valid():
        return _page(request, student, bound={f"safety-{kind}": form}, status=422)
    act_for_safety(user=request.user, student=student, kind=kind, reason=form.cleaned_data["reason"])
    messages.success(request, _("Written down, and the school's leads are told. It goes on for seven days."))
    return _back(student, found)


def _page(request: HttpRequest, student: Student, *, bound: dict[str, Any] | None = None, status: int = 200) -> Any:
    bound, today = bound or {}, timezone.localdate()
    overrides = {each.kind: each for each in overrides_of(student).select_related("made_by")}
    rows = list(
        Consent.objects.filter(student=student)
        .select_related("guardian", "withdrawn_by", "recorded_by", "withdrawal_recorded_by", "requested_by")
        .order_by("-requested_at")
    )
    may_override = may(request.user, Capability.RECORD_CONSENT, student)
    parts = []
    for kind in _kinds(request, student):
        picture = pictures(school_id=student.school_id, kind=kind.key, students=[student.pk], on=today)[student.pk]
        mine = [row for row in rows if row.kind == kind.key]
        answered = _to_answer_in(mine)
        parts.append(
            {
                "kind": kind,
                "picture": picture,
                "rows": mine,
                "may_ask": not kind.per_case and picture.open is None and not picture.yes,
                "form": bound.get(kind.key)
                or (answered and VoiceForm(
                    student=student,
                    initial={"answered_at": timezone.localtime(), "how": "in_person"},
                    auto_id=f"{kind.key}_%s",
                )),
                "form_open": kind.key in bound,
                "given": bool(picture.yes),
                "stops": stops(kind.key),
                "goes_on": goes_on(kind.key),
                "override": overrides.get(kind.key),
                "safety_form": (bound.get(f"safety-{kind.key}") or SafetyForm(auto_id=f"safety_{kind.key}_%s"))
                if may_override and picture.no and not kind.per_case and kind.key not in overrides
                else None,
                "safety_open": f"safety-{kind.key}" in bound,
            }
        )  # fmt: skip
    context = {"student": student, "parts": parts, "ties": student.guardianships.select_related("guardian")}
    return render(request, "consents/child.html", context, status=status)


def _kinds(request: HttpRequest, student: Student) -> list[Kind]:
    return [kind for kind in KINDS.values() if may(request.user, kind.asked_with, student)]


def _student(request: HttpRequest, student_id: int) -> Student:
    found = Student.objects.within(request.user, Capability.COLLECT_CONSENT) | Student.objects.within(
        request.user, Capability.RECORD_CONSENT
    )
    return get_object_or_404(found.select_related("school", "current_class__grade"), pk=student_id)


def _both(request: HttpRequest, student_id: int, kind: str) -> tuple[Student, Kind]:
    student, found = _student(request, student_id), kind_of(kind)
    if not may(request.user, found.asked_with, student):
        raise Http404
    return student, found


def _to_answer(student: Student, kind: str) -> Consent | None:
    """The question that an answer now belongs to: the open one, or the last that was answered."""
    return _to_answer_in(list(Consent.objects.filter(student=student, kind=kind).order_by("-requested_at")))


def _to_answer_in(rows: list[Consent]) -> Consent | None:
    waiting = next((row for row in rows if row.state == ConsentState.REQUESTED), None)
    return (
        waiting
        or next((row for row in rows if row.state == ConsentState.GIVEN), None)
        or next((row for row in rows if row.state in AGAINST and not kind_of(row.kind).per_case), None)
    )


def _back(student: Student, kind: Kind) -> HttpResponse:
    return redirect(reverse("consents:child", args=[student.pk]) + f"#{kind.key}")
