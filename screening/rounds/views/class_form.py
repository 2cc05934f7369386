"""The class form: a row a child; confirming those who are left; submitting once."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from screening.errors import Refused
from screening.instruments.answers import none_yet
from screening.levels import DOMAIN_SHORT, Domain
from screening.rounds.enums import Considered
from screening.rounds.filling import children_left, confirm_rest, save_child
from screening.rounds.models import ClassPass
from screening.rounds.rows import progress_of, rows_of
from screening.rounds.submit import submit_class
from screening.rounds.views.found import child_of, pass_to_fill
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability

COLUMNS = [(domain, DOMAIN_SHORT[domain]) for domain in Domain]


@never_cache
@needs(Capability.FILL_FIRST_PASS)
@require_GET
def class_form(request: HttpRequest, round_id: uuid.UUID, class_id: int) -> HttpResponse:
    class_pass = pass_to_fill(request, round_id, class_id)
    rows = rows_of(class_pass, request.user)
    definition = class_pass.round.instrument_version.parsed
    is_open = class_pass.round.takes_answers(timezone.localdate())
    context = {
        "class_pass": class_pass,
        "round": class_pass.round,
        "school": class_pass.round.school,
        "rows": rows,
        "progress": progress_of(rows),
        "left_out": sum(row.left_out for row in rows),
        "columns": COLUMNS,
        "definition": definition,
        "domains": [(domain, definition.of_domain(domain)) for domain in Domain],
        "round_open": is_open,
        "not_begun": class_pass.round.opens_on > timezone.localdate(),
        "can_fill": is_open and not class_pass.submitted,
    }
    return render(request, "screening_rounds/class_form.html", context)


@needs(Capability.FILL_FIRST_PASS)
@require_POST
def confirm_one(request: HttpRequest, round_id: uuid.UUID, class_id: int) -> HttpResponse:
    """The row's own button, without a script: `child` is the child and the version of its row."""
    class_pass = pass_to_fill(request, round_id, class_id)
    student_id, _colon, version = request.POST.get("child", "").partition(":")
    if not (student_id.isdecimal() and version.isdecimal()):
        return redirect(_address(class_pass))
    student = child_of(class_pass, int(student_id))
    try:
        save_child(
            user=request.user,
            class_pass=class_pass,
            student=student,
            answers=none_yet(class_pass.round.instrument_version.parsed),
            note=None,
            version=int(version),
            considered=Considered.CONFIRMED,
        )
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{_address(class_pass)}#c{student.pk}")


@never_cache
@needs(Capability.FILL_FIRST_PASS)
@require_http_methods(["GET", "POST"])
def rest(request: HttpRequest, round_id: uuid.UUID, class_id: int) -> HttpResponse:
    """All who are left, with their names: an assertion by the teacher, so it is asked for."""
    class_pass = pass_to_fill(request, round_id, class_id)
    if request.method == "POST":
        try:
            confirmed = confirm_rest(
                user=request.user,
                class_pass=class_pass,
                student_ids=[int(each) for each in request.POST.getlist("child") if each.isdecimal()],
            )
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Confirmed: %(count)d children were observed.") % {"count": confirmed})
        return redirect(_address(class_pass))
    context = {"class_pass": class_pass, "round": class_pass.round, "left": children_left(class_pass)}
    return render(request, "screening_rounds/rest.html", context)


@never_cache
@needs(Capability.FILL_FIRST_PASS)
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, round_id: uuid.UUID, class_id: int) -> HttpResponse:
    class_pass = pass_to_fill(request, round_id, class_id)
    if request.method == "POST":
        try:
            submit_class(user=request.user, class_pass=class_pass)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Submitted. Thank you for looking at each child."))
        return redirect(_address(class_pass))
    rows = rows_of(class_pass, request.user)
    context = {"class_pass": class_pass, "round": class_pass.round, "progress": progress_of(rows)}
    return render(request, "screening_rounds/submit.html", context)


def _address(class_pass: ClassPass) -> str:
    return reverse("screening:class_form", args=[class_pass.round_id, class_pass.school_class_id])
