"""Erasing a child's file: what would go and stay, asking for it, and the second person's answer."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.records import erase
from xinqiao.records.enums import ErasureState
from xinqiao.records.errors import Refused
from xinqiao.records.forms import ConfirmForm, EraseForm, ReturnForm
from xinqiao.records.models import Erasure, Hold
from xinqiao.records.plan import plan_for
from xinqiao.records.retention import backups_gone_on
from xinqiao.records.views.common import child_for, private


@require_http_methods(["GET", "HEAD", "POST"])
@needs(C.ERASE_FILE)
@needs_fresh(Fresh.NARRATIVE)
def ask(request: HttpRequest, student_id: int) -> HttpResponse:
    """The plan, and the form with which a second person is asked."""
    student = child_for(request, student_id, C.ERASE_FILE)
    asked = Erasure.objects.visible_to(request.user).asked().filter(student=student).first()
    if asked is not None:
        return redirect("records:erasure", asked.pk)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = erase.ask_erasure(user=request.user, student=student, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("A second person is asked. Nothing is erased yet."))
            return redirect("records:erasure", made.pk)
    context = {
        "student": student,
        "plan": plan_for(student),
        "form": form,
        "hold": Hold.objects.visible_to(request.user).filter(student=student, lifted_at=None).first(),
    }
    return private(render(request, "records/erase.html", context, status=422 if form.errors else 200))


@require_safe
@needs(C.ERASE_FILE)
@needs_fresh(Fresh.NARRATIVE)
def erasure(request: HttpRequest, erasure_id: uuid.UUID) -> HttpResponse:
    return _page(request, _found(request, erasure_id))


@require_POST
@needs(C.ERASE_FILE)
@needs_fresh(Fresh.EXPORT)
def confirm(request: HttpRequest, erasure_id: uuid.UUID) -> HttpResponse:
    found, form = _found(request, erasure_id), ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, found, confirm_form=form)
    try:
        erase.confirm_erasure(
            user=request.user,
            erasure=found,
            shown=form.cleaned_data["shown"],
            comment=form.cleaned_data["comment"],
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Erased. The certificate can be printed here."))
    return redirect("records:erasure", found.pk)


@require_POST
@needs(C.ERASE_FILE)
def send_back(request: HttpRequest, erasure_id: uuid.UUID) -> HttpResponse:
    found, form = _found(request, erasure_id), ReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, found, return_form=form)
    try:
        erase.return_erasure(user=request.user, erasure=found, comment=form.cleaned_data["comment"])
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("records:erasure", found.pk)


@require_POST
@needs(C.ERASE_FILE)
def withdraw(request: HttpRequest, erasure_id: uuid.UUID) -> HttpResponse:
    found = _found(request, erasure_id)
    try:
        erase.withdraw_erasure(user=request.user, erasure=found)
        messages.success(request, _("Taken back. Nothing was erased."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("records:erasure", found.pk)


def _page(request: HttpRequest, found: Erasure, **bound: forms.Form) -> HttpResponse:
    context: dict[str, Any] = {"erasure": found, "student": found.student, "mine": found.asked_by_id == request.user.pk}
    if found.state == ErasureState.ASKED:
        plan = plan_for(found.student)
        context |= {
            "plan": plan,
            "backups": backups_gone_on(found.asked_at.date()),
            "confirm_form": bound.get("confirm_form") or ConfirmForm(initial={"shown": plan.fingerprint}),
            "return_form": bound.get("return_form") or ReturnForm(auto_id="return_%s"),
        }
    else:
        context |= {
            "kept": erase.kept_in_words(found),
            "erased": erase.erased_in_words(found),
            "whom": json.loads(found.identity) if found.identity else None,
        }
    return private(render(request, "records/erasure.html", context, status=422 if bound else 200))


def _found(request: HttpRequest, erasure_id: uuid.UUID) -> Erasure:
    rows = Erasure.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("student__current_class__grade", "school", "asked_by", "answered_by"), pk=erasure_id
    )
