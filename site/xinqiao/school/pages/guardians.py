"""Guardians on a child's page: entered, corrected, taken away, restricted by a court."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.refused import Refused
from xinqiao.school.children.guardians import add_guardian, change_guardian, lift, remove_guardian, restrict
from xinqiao.school.models import Guardianship, Student
from xinqiao.school.moves.errors import Changed
from xinqiao.school.pages.answers import child_to_manage, done, page
from xinqiao.school.pages.child_acts import TEMPLATE
from xinqiao.school.pages.forms import GuardianChangeForm, GuardianForm, ReasonForm
from xinqiao.school.sight import staff_only


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def add(request: HttpRequest, student_id: int) -> HttpResponse:
    student = child_to_manage(request, student_id)
    form = GuardianForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            add_guardian(by=request.user, student=student, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            done(request, _("The guardian is entered."))
            return redirect("directory:child", student.pk)
    lead = _(
        "Whoever has the same name and telephone at this school is the same person: brothers and sisters share theirs."
    )
    context = {"student": student, "form": form, "heading": _("Add a guardian"), "lead": lead, "submit": _("Enter")}
    return page(request, TEMPLATE, context, status=422 if form.errors else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def change(request: HttpRequest, student_id: int, tie_id: int) -> HttpResponse:
    student, tie = _found(request, student_id, tie_id)
    now = {"name": tie.guardian.name, "phone": tie.guardian.phone, "relation": tie.relation}
    form = GuardianChangeForm(request.POST or None, initial=_with_shown(now))
    meanwhile: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        given = {name: form.cleaned_data[name] for name in now}
        try:
            change_guardian(by=request.user, tie=tie, shown=form.shown(), given=given)
        except Changed as changed:
            shown = form.shown()
            meanwhile = {
                str(form.fields[name].label): _in_words(name, value)
                for name, value in changed.now.items()
                if value != shown[name]
            }
            form = GuardianChangeForm(given | {f"shown_{name}": value for name, value in changed.now.items()})
            form.is_valid()
            form.add_error(None, str(changed))
        else:
            done(request, _("Saved."))
            return redirect("directory:child", student.pk)
    others = tie.guardian.guardianships.exclude(pk=tie.pk).count()
    context = {
        "student": student,
        "form": form,
        "meanwhile": meanwhile,
        "heading": _("Correct a guardian"),
        "lead": _("Name and telephone change for this person's other children at the school, too.") if others else "",
        "submit": _("Save"),
    }
    return page(request, TEMPLATE, context, status=422 if form.errors else 200)


@require_POST
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def remove(request: HttpRequest, student_id: int, tie_id: int) -> HttpResponse:
    student, tie = _found(request, student_id, tie_id)
    try:
        remove_guardian(by=request.user, tie=tie)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done(request, _("Taken away. To undo it, add the guardian again."))
    return redirect("directory:child", student.pk)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def restriction(request: HttpRequest, student_id: int, tie_id: int) -> HttpResponse:
    """Enter a court's restriction, or that it has ended; each with its reason."""
    student, tie = _found(request, student_id, tie_id)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        act = lift if tie.restricted else restrict
        try:
            act(by=request.user, tie=tie, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            done(request, _("Saved."))
            return redirect("directory:child", student.pk)
    if tie.restricted:
        words = {
            "heading": _("The restriction has ended"),
            "lead": _("From now on this guardian sees what any guardian sees. That it stood stays on the record."),
            "submit": _("End the restriction"),
        }
    else:
        words = {
            "heading": _("Restricted by a court"),
            "lead": _(
                "At once this guardian sees nothing of the child, is asked for nothing and told nothing, and is marked"
                " wherever guardians stand."
            ),
            "submit": _("Restrict"),
        }
    about = f"{tie.guardian.name} · {tie.get_relation_display()}"
    context = {"student": student, "about": about, "form": form, **words}
    return page(request, TEMPLATE, context, status=422 if form.errors else 200)


def _found(request: HttpRequest, student_id: int, tie_id: int) -> tuple[Student, Guardianship]:
    student = child_to_manage(request, student_id)
    return student, get_object_or_404(student.guardianships.select_related("guardian"), pk=tie_id)


def _with_shown(now: dict[str, str]) -> dict[str, str]:
    return now | {f"shown_{name}": value for name, value in now.items()}


def _in_words(name: str, value: str) -> str:
    return str(dict(Guardianship.Relation.choices).get(value, value)) if name == "relation" else value or "–"
