"""What is done to a child on its page: facts corrected, another class, gone, back, joined; and the last move taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.refused import Refused
from xinqiao.school.children.facts import FIELDS, change_facts
from xinqiao.school.models import Move, Student
from xinqiao.school.moves.children import change_class, come_back, join, leave
from xinqiao.school.moves.errors import Changed, NamesakeThere
from xinqiao.school.moves.models import MoveKind
from xinqiao.school.moves.undo import undo_move
from xinqiao.school.pages.answers import child_to_manage, done, managed_school, moved_words, page
from xinqiao.school.pages.forms import ChangeClassForm, FactsChangeForm, JoinForm, LeaveForm
from xinqiao.school.sight import staff_only

TEMPLATE = "school/directory/act.html"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def facts(request: HttpRequest, student_id: int) -> HttpResponse:
    student = child_to_manage(request, student_id)
    now = {field: getattr(student, field) for field in FIELDS}
    form = FactsChangeForm(request.POST or None, initial=now | _as_shown(now))
    meanwhile: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        given, shown = {field: form.cleaned_data[field] for field in FIELDS}, form.shown()
        try:
            change_facts(by=request.user, student=student, shown=shown, given=given)
        except Changed as changed:
            # What stands there now is what was shown, from here on; what was typed stays in the fields.
            meanwhile = {
                str(form.fields[field].label): _in_words(field, value)
                for field, value in changed.now.items()
                if value != shown[field]
            }
            form = FactsChangeForm(given | _as_shown(changed.now))
            form.is_valid()
            form.add_error(None, str(changed))
        except Refused as refused:
            form.add_error("number", str(refused))
        else:
            done(request, _("Saved."))
            return redirect("directory:child", student.pk)
    context = {
        "student": student,
        "form": form,
        "meanwhile": meanwhile,
        "heading": _("Correct the facts"),
        "submit": _("Save"),
    }
    return page(request, TEMPLATE, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def change(request: HttpRequest, student_id: int) -> HttpResponse:
    student = child_to_manage(request, student_id)
    form = ChangeClassForm(request.POST or None, student=student)
    return _act(
        request,
        student,
        form,
        lambda data: change_class(by=request.user, student=student, to=data["to"], on=data["on"]),
        heading=_("Change class"),
        lead=_("The classes so far stay with their dates. Who teaches the new class sees the child from that day on."),
        submit=_("Move into this class"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def goes(request: HttpRequest, student_id: int) -> HttpResponse:
    student = child_to_manage(request, student_id)
    form = LeaveForm(request.POST or None)
    return _act(
        request,
        student,
        form,
        lambda data: leave(by=request.user, student=student, on=data["on"], reason=data["reason"]),
        heading=_("The child leaves"),
        lead=_("Nothing is deleted: the record stays with its dates, and the child can come back."),
        submit=_("Enter that the child leaves"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def back(request: HttpRequest, student_id: int) -> HttpResponse:
    student = child_to_manage(request, student_id)
    form = ChangeClassForm(request.POST or None, student=student)
    return _act(
        request,
        student,
        form,
        lambda data: come_back(by=request.user, student=student, to=data["to"], on=data["on"]),
        heading=_("The child comes back"),
        lead=_("The record goes on where it ended: the same number, the same history."),
        submit=_("Enter that the child is back"),
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def joins(request: HttpRequest) -> HttpResponse:
    """A new child; who may be the same one is shown first."""
    school = managed_school(request)
    form = JoinForm(request.POST or None, school=school)
    namesakes: list[Student] = []
    if form.is_bound and form.is_valid():
        try:
            move = join(
                by=request.user, school=school, looked_at=request.POST.get("looked_at") == "yes", **form.cleaned_data
            )
        except NamesakeThere as there:
            namesakes = there.found
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            done(request, _("Entered. Add the guardians now."))
            return redirect("directory:child", move.student_id)
    context = {
        "form": form,
        "namesakes": namesakes,
        "heading": _("A child joins"),
        "lead": _("A child who was here before comes back on the own page: look them up first."),
        "submit": _("Enter the child"),
        "cancel": reverse("directory:home"),
    }
    return page(request, TEMPLATE, context, status=422 if form.errors or namesakes else 200)


@require_POST
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def undo(request: HttpRequest, move_id: int) -> HttpResponse:
    move = get_object_or_404(Move.objects.managed_by(request.user), pk=move_id)
    try:
        undo_move(by=request.user, move=move)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done(request, _("Taken back: everything is as it was before."))
    if move.kind == MoveKind.ROLL_OVER:
        return redirect("directory:rollover")
    if move.student_id is not None and Student.objects.filter(pk=move.student_id).exists():
        return redirect("directory:child", move.student_id)
    return redirect("directory:school_class", move.from_class_id) if move.from_class_id else redirect("directory:moves")


def _act(
    request: HttpRequest,
    student: Student,
    form: forms.Form,
    move: Callable[[dict[str, Any]], Move],
    **words: str,
) -> HttpResponse:
    """Ask for what the move needs, make it, and say that it can be taken back."""
    if form.is_bound and form.is_valid():
        try:
            made = move(form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            done(request, moved_words(made, timezone.localdate()))
            return redirect("directory:child", student.pk)
    return page(request, TEMPLATE, {"student": student, "form": form, **words}, status=422 if form.errors else 200)


def _in_words(field: str, value: Any) -> str:
    return str(dict(Student.Sex.choices).get(value, value)) if field == "sex" else str(value or "–")


def _as_shown(now: dict[str, Any]) -> dict[str, Any]:
    return {f"shown_{field}": value for field, value in now.items()}
