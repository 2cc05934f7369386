"""What is done on a case's page: each post is one function of the room, and comes back to the page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from screening.cases.crisis import do_step, move_crisis
from screening.cases.enums import CaseState, ChangeState, CrisisState, CrisisStepKey
from screening.cases.follow_ups import complete_follow_up, plan_follow_up
from screening.cases.forms import (
    AnswerForm,
    ChangeLevelForm,
    CloseForm,
    FollowUpForm,
    NotesForm,
    OwnerForm,
    PlanFollowUpForm,
    StepForm,
)
from screening.cases.levels import answer_change, change_level
from screening.cases.models import Case, FollowUp
from screening.cases.owners import possible_owners
from screening.cases.views.found import case_for
from screening.cases.views.page import case_page
from screening.cases.write import hand_over, move_case, save_notes
from screening.errors import Conflict, Refused
from xinqiao.accounts.access import needs, require
from xinqiao.accounts.capabilities import Capability as C


def _back(case: Case, place: str) -> HttpResponse:
    return redirect(reverse("screening:case", args=[case.pk]) + f"#{place}")


def _act(
    request: HttpRequest, case: Case, name: str, form: forms.Form, act: Callable[..., Any], done: str, place: str
) -> HttpResponse:
    """Do it with the form's values; refused, the page comes again with what was typed and why."""
    if not form.is_valid():
        return case_page(request, case, bound={name: form}, status=422)
    try:
        act(user=request.user, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return case_page(request, case, bound={name: form}, status=409)
    messages.success(request, done)
    return _back(case, place)


def _asked(request: HttpRequest, case: Case, act: Callable[..., Any], done: str, place: str) -> HttpResponse:
    """An act of one button, without anything typed."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return _back(case, place)


@needs(C.WRITE_CASE)
@require_POST
def notes(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    case = case_for(request.user, case_id)
    form = NotesForm(request.POST)
    if not form.is_valid():
        return case_page(request, case, bound={"notes": form}, status=422)
    try:
        save_notes(user=request.user, case=case, **form.cleaned_data)
    except Conflict as conflict:
        return case_page(request, conflict.current, bound={"notes": form}, conflict=conflict, status=409)
    except Refused as refused:
        form.add_error(None, str(refused))
        return case_page(request, case, bound={"notes": form}, status=409)
    messages.success(request, _("Saved."))
    return _back(case, "notes")


@needs(C.DETERMINE_LEVEL)
@require_POST
def step(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    case = case_for(request.user, case_id)
    key = request.POST.get("key", "")
    if key not in CrisisStepKey.values or case.crisis_id is None:
        return _back(case, "protocol")
    form = StepForm(request.POST, auto_id=f"step_{key}_%s")
    return _act(request, case, f"step:{key}", form, _on(do_step, case), _("Written down."), "protocol")


@needs(C.DETERMINE_LEVEL)
@require_POST
def protocol(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    case = case_for(request.user, case_id)
    to_state = request.POST.get("to_state", "")
    if to_state not in CrisisState.values:
        return _back(case, "protocol")
    return _asked(
        request,
        case,
        lambda: move_crisis(user=request.user, case=case, to_state=to_state),
        _("Written down."),
        "protocol",
    )


@needs(C.WRITE_CASE)
@require_POST
def follow_up(request: HttpRequest, case_id: uuid.UUID, follow_up_id: uuid.UUID) -> HttpResponse:
    case = case_for(request.user, case_id)
    found = get_object_or_404(FollowUp.objects.visible_to(request.user), pk=follow_up_id, case=case)
    form = FollowUpForm(request.POST, auto_id=f"follow_{found.pk.hex[:8]}_%s")

    def act(**values: Any) -> None:
        found.case = case
        complete_follow_up(follow_up=found, **values)

    return _act(request, case, f"follow_up:{found.pk}", form, act, _("The follow-up is written down."), "follow-ups")


@needs(C.WRITE_CASE)
@require_POST
def more_follow_up(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    case = case_for(request.user, case_id)
    form = PlanFollowUpForm(request.POST, auto_id="plan_%s")
    return _act(request, case, "plan_form", form, _on(plan_follow_up, case), _("Planned."), "follow-ups")


@needs(C.DETERMINE_LEVEL)
@require_POST
def level(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    case = case_for(request.user, case_id)
    form = ChangeLevelForm(request.POST, now_at=case.level, auto_id="change_%s")
    done = _("A second person is asked.") if case.is_high else _("The level is changed.")
    return _act(request, case, "change", form, _on(change_level, case), done, "level")


@needs(C.DETERMINE_LEVEL, C.READ_HIGH_NARRATIVE)
@require_POST
def answer(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """A second person agrees, or gives it back with a comment."""
    case = case_for(request.user, case_id)
    change = case.level_changes.select_related("case").filter(state=ChangeState.ASKED).first()
    if change is None:
        messages.error(request, _("This question is answered already."))
        return _back(case, "level")
    agree = request.POST.get("agree") == "yes"
    form = AnswerForm(request.POST, auto_id="answer_%s")
    done = _("You agreed. The level is lowered.") if agree else _("Given back with your comment. The level stays.")

    def act(**values: Any) -> None:
        answer_change(change=change, agree=agree, **values)

    return _act(request, case, "answer", form, act, done, "level")


@needs(C.WRITE_CASE)
@require_POST
def state(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    case = case_for(request.user, case_id)
    to_state = request.POST.get("to_state", "")
    if to_state not in CaseState.values:
        return _back(case, "state")
    if to_state == CaseState.CLOSED:
        form = CloseForm(request.POST, auto_id="close_%s")

        def act(**values: Any) -> None:
            move_case(case=case, to_state=to_state, **values)

        return _act(request, case, "close", form, act, _("The case is closed. It can be opened again."), "state")
    return _asked(
        request, case, lambda: move_case(user=request.user, case=case, to_state=to_state), _("Written down."), "state"
    )


@needs(C.DETERMINE_LEVEL)
@require_POST
def owner(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    case = case_for(request.user, case_id)
    require(request.user, C.DETERMINE_LEVEL, case)
    form = OwnerForm(request.POST, owners=possible_owners(case.school), auto_id="owner_%s")
    return _act(request, case, "owner", form, _on(hand_over, case), _("The case has another owner."), "state")


def _on(act: Callable[..., Any], case: Case) -> Callable[..., Any]:
    def on_case(**values: Any) -> Any:
        return act(case=case, **values)

    return on_case
