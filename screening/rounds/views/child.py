"""One child's page in the class form. The script of the class form posts here too, and gets JSON."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from screening.errors import Conflict, NoteIsAnothers, NotScreened, Refused, RoundNotOpen
from screening.instruments.answers import seen
from screening.instruments.schema import Definition
from screening.levels import Domain
from screening.rounds.amend import amend_response
from screening.rounds.enums import ResponseState
from screening.rounds.filling import save_child
from screening.rounds.forms import AmendForm, ChildForm
from screening.rounds.models import ClassPass, Response
from screening.rounds.views.found import child_of, pass_to_fill
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.school.models import Student


@never_cache
@needs(Capability.FILL_FIRST_PASS)
@require_http_methods(["GET", "POST"])
def child(request: HttpRequest, round_id: uuid.UUID, class_id: int, student_id: int) -> HttpResponse:
    class_pass = pass_to_fill(request, round_id, class_id)
    student = child_of(class_pass, student_id)
    if request.method == "POST":
        return _save(request, class_pass, student)
    if class_pass.submitted:
        return redirect("screening:amend", class_pass.round_id, class_pass.school_class_id, student.pk)
    if student.left_out:
        messages.error(request, str(NotScreened.sentence))
        return redirect("screening:class_form", class_pass.round_id, class_pass.school_class_id)
    row = Response.objects.current().filter(class_pass=class_pass, student=student).first()
    return _page(request, class_pass, student, row)


def _save(request: HttpRequest, class_pass: ClassPass, student: Student) -> HttpResponse:
    definition = class_pass.round.instrument_version.parsed
    form = ChildForm(request.POST, definition=definition)
    by_script = request.headers.get("Accept", "").startswith("application/json")
    if not form.is_valid():
        if by_script:
            return JsonResponse(
                {"refused": " ".join(word for words in form.errors.values() for word in words)}, status=422
            )
        return _page(request, class_pass, student, None, form=form, status=422)
    try:
        row = save_child(
            user=request.user,
            class_pass=class_pass,
            student=student,
            answers=form.answers,
            note=form.note_given,
            version=form.cleaned_data["version"],
            considered=form.cleaned_data["considered"],
        )
    except Conflict as conflict:
        if by_script:
            return JsonResponse({"conflict": True, **_as_json(conflict.current, definition, request.user)}, status=409)
        return _page(request, class_pass, student, conflict.current, form=form, conflict=conflict, status=409)
    except NoteIsAnothers as refused:
        if by_script:
            return JsonResponse({"refused": str(refused)}, status=422)
        form.add_error(None, str(refused))
        row = Response.objects.current().filter(class_pass=class_pass, student=student).first()
        return _page(request, class_pass, student, row, form=form, status=409)
    except Refused as refused:
        if by_script:
            return JsonResponse({"refused": str(refused)}, status=422)
        messages.error(request, str(refused))
        return redirect("screening:class_form", class_pass.round_id, class_pass.school_class_id)
    if by_script:
        return JsonResponse(_as_json(row, definition, request.user))
    if any(item.critical and item.code in seen(definition, row.unpacked) for item in definition.items):
        return redirect(f"{request.path}?now=1")
    messages.success(request, _("Saved."))
    return redirect(
        reverse("screening:class_form", args=[class_pass.round_id, class_pass.school_class_id]) + f"#c{student.pk}"
    )


def _as_json(row: Response, definition: Definition, user: User) -> dict[str, Any]:
    return {
        "version": row.version,
        "considered": row.considered,
        "answers": seen(definition, row.unpacked),
        "note": row.note_for(user),
        "saved_at": timezone.localtime(row.saved_at).strftime("%H:%M"),
        "told": row.told_at is not None,
    }


def _page(
    request: HttpRequest,
    class_pass: ClassPass,
    student: Student,
    row: Response | None,
    *,
    form: ChildForm | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    definition = class_pass.round.instrument_version.parsed
    stored = seen(definition, row.unpacked) if row else {}
    if form is None:
        form = ChildForm(
            definition=definition,
            initial={"version": row.version if row else 0, "note": row.note_for(request.user) if row else ""},
        )
    chosen = _chosen(form, definition) if form.is_bound else stored
    context = {
        "class_pass": class_pass,
        "round": class_pass.round,
        "school": class_pass.round.school,
        "student": student,
        "form": form,
        "domains": signs(definition, chosen),
        # After a conflict the form is sent again on top of what was stored meanwhile: the person has seen it.
        "version": row.version if row else form["version"].value() or 0,
        "conflict": conflict,
        "stored": _words(definition, stored) if conflict else [],
        "note_is_anothers": row is not None and not row.is_note_of(request.user),
        "stored_note": row.note_for(request.user) if row and conflict else "",
        "stored_by": row.saved_by if row and conflict else None,
        "stored_at": row.saved_at if row and conflict else None,
        "act_now": "now" in request.GET and row is not None and row.told_at is not None,
    }
    return render(request, "screening_rounds/child.html", context, status=status)


def _chosen(form: ChildForm, definition: Definition) -> dict[str, int]:
    return seen(definition, form.answers) if form.answers else {}


def signs(
    definition: Definition, chosen: dict[str, int]
) -> list[tuple[Domain, list[tuple[Any, list[tuple[int, str, bool]]]]]]:
    """For each domain its signs, each with its options: number, words, whether chosen."""
    return [
        (
            domain,
            [
                (
                    item,
                    [
                        (number, option.label, number == chosen.get(item.code, 0))
                        for number, option in enumerate(definition.options(item))
                    ],
                )
                for item in definition.of_domain(domain)
            ],
        )
        for domain in Domain
    ]


def _words(definition: Definition, chosen: dict[str, int]) -> list[tuple[str, str]]:
    """What was seen, as the form says it."""
    return [
        (item.text, definition.options(item)[chosen[item.code]].label)
        for item in definition.items
        if item.code in chosen
    ]


def earlier_versions(row: Response) -> list[dict[str, Any]]:
    """Why and by whom this child's response was changed, the newest change first."""
    if row.revision == 1:
        return []
    changes = (
        Response.objects.filter(class_pass=row.class_pass_id, student=row.student_id, revision__gt=1)
        .select_related("saved_by")
        .order_by("-revision")
    )
    return [
        {
            "at": change.saved_at,
            "title": pgettext("first pass", "Changed"),
            "text": change.reason,
            "by": change.saved_by,
        }
        for change in changes
    ]


@never_cache
@needs(Capability.FILL_FIRST_PASS)
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, round_id: uuid.UUID, class_id: int, student_id: int) -> HttpResponse:
    """Changing what was submitted, with a reason."""
    class_pass = pass_to_fill(request, round_id, class_id)
    student = child_of(class_pass, student_id)
    if request.method == "GET" and class_pass.submitted and not class_pass.round.takes_answers(timezone.localdate()):
        messages.error(request, str(RoundNotOpen.sentence))
        return redirect("screening:class_form", class_pass.round_id, class_pass.school_class_id)
    if not class_pass.submitted:
        return redirect("screening:child", class_pass.round_id, class_pass.school_class_id, student.pk)
    row = get_object_or_404(Response, class_pass=class_pass, student=student, state=ResponseState.SUBMITTED)
    definition = class_pass.round.instrument_version.parsed
    form = AmendForm(
        request.POST or None,
        definition=definition,
        initial={"version": row.revision, "note": row.note_for(request.user)},
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            # The form carries the revision that this person looked at; an older one is a conflict.
            if form.cleaned_data["version"] != row.revision:
                raise Conflict(row)
            changed = amend_response(
                user=request.user,
                response=row,
                answers=form.answers,
                note=form.cleaned_data["note"],
                reason=form.cleaned_data["reason"],
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            status = 409
        else:
            messages.success(request, _("Changed. The first version and your reason stay in the record."))
            if changed.told_at is not None and row.told_at is None:
                return redirect(f"{request.path}?now=1")
            return redirect("screening:class_form", class_pass.round_id, class_pass.school_class_id)
    elif request.method == "POST":
        status = 422
    chosen = _chosen(form, definition) if form.is_bound and form.answers else seen(definition, row.unpacked)
    context = {
        "class_pass": class_pass,
        "round": class_pass.round,
        "school": class_pass.round.school,
        "student": student,
        "form": form,
        "domains": signs(definition, chosen),
        "version": row.revision,
        "note_is_anothers": not row.is_note_of(request.user),
        "amend": True,
        "earlier": earlier_versions(row),
        "act_now": "now" in request.GET and row.told_at is not None,
    }
    return render(request, "screening_rounds/child.html", context, status=status)
