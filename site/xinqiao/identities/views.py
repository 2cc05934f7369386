"""Pages of identity numbers: whether the school keeps any, one child's, and finding a child by one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from xinqiao.accounts.access import may, needs, reach
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.audit.trail import record
from xinqiao.identities.forms import NumberForm, PolicyForm
from xinqiao.identities.keep import (
    decide_policy,
    delete_number,
    find_by_number,
    keeps_numbers,
    show_number,
    write_number,
)
from xinqiao.identities.models import IdentityNumber, IdentityPolicy
from xinqiao.identities.numbers import masked
from xinqiao.refused import Refused
from xinqiao.school.models import School, Student


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    return response


def _school(request: HttpRequest) -> School:
    """The one whose numbers this person keeps or decides about."""
    schools = reach(request.user, C.READ_IDENTITY).schools | reach(request.user, C.MANAGE_PRIVACY).schools
    return get_object_or_404(School.objects.order_by("pk"), pk__in=sorted(schools)[:1])


@needs(C.MANAGE_PRIVACY, C.READ_IDENTITY)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return _home(request)


def _home(
    request: HttpRequest, form: PolicyForm | None = None, find: NumberForm | None = None, status: int = 200
) -> HttpResponse:
    school = _school(request)
    policy = IdentityPolicy.objects.filter(school=school).select_related("decided_by").first()
    context = {
        "school": school,
        "policy": policy,
        "kept": bool(policy and policy.kept),
        "number": IdentityNumber.objects.filter(student__school=school).count(),
        "decides": may(request.user, C.MANAGE_PRIVACY, school),
        "reads": may(request.user, C.READ_IDENTITY, school),
        "form": form or PolicyForm(),
        "find": find or NumberForm(auto_id="find_%s"),
    }
    return _private(render(request, "identities/home.html", context, status=status))


@needs(C.MANAGE_PRIVACY)
@needs_fresh(Fresh.EXPORT)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    kept = request.POST.get("kept") == "yes"
    form = PolicyForm(request.POST)
    if kept and not form.is_valid():
        return _home(request, form, status=422)
    deleted = decide_policy(
        user=request.user, school=_school(request), kept=kept, purpose=form.cleaned_data["purpose"] if kept else ""
    )
    if kept:
        messages.success(request, _("Identity numbers are kept from now on, for this purpose."))
    else:
        said = ngettext(
            "%(n)s number is deleted, and none is kept any more.",
            "%(n)s numbers are deleted, and none is kept any more.",
            deleted,
        )
        messages.success(request, said % {"n": deleted})
    return redirect("identities:home")


@needs(C.READ_IDENTITY)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """The child with this number. The number comes in the form's body, and stands in no address."""
    form = NumberForm(request.POST, auto_id="find_%s")
    school = _school(request)
    if form.is_valid():
        child = find_by_number(school, form.cleaned_data["number"]).visible_to(request.user).first()
        record(actor=request.user, action="identity.find", student_id=child.pk if child else None)
        if child is not None:
            return redirect("identities:child", child.pk)
        form.add_error("number", _("No child of this school has this number."))
    return _home(request, find=form, status=422)


def _child(request: HttpRequest, student_id: int) -> Student:
    children = Student.objects.within(request.user, C.READ_IDENTITY).select_related("school", "current_class__grade")
    return get_object_or_404(children, pk=student_id)


@needs(C.READ_IDENTITY)
@require_safe
def child(request: HttpRequest, student_id: int) -> HttpResponse:
    return _child_page(request, _child(request, student_id))


def _child_page(
    request: HttpRequest, student: Student, form: NumberForm | None = None, shown: str = "", status: int = 200
) -> HttpResponse:
    row = IdentityNumber.objects.filter(student=student).select_related("entered_by").first()
    context = {
        "student": student,
        "row": row,
        "masked": masked(row.number) if row else "",
        "shown": shown,
        "kept": keeps_numbers(student.school),
        "form": form or NumberForm(),
    }
    return _private(render(request, "identities/child.html", context, status=status))


@needs(C.READ_IDENTITY)
@needs_fresh(Fresh.EXPORT)
@require_POST
def show(request: HttpRequest, student_id: int) -> HttpResponse:
    """The whole number, once, on this page."""
    student = _child(request, student_id)
    return _child_page(request, student, shown=show_number(user=request.user, student=student))


@needs(C.READ_IDENTITY)
@needs_fresh(Fresh.EXPORT)
@require_POST
def write(request: HttpRequest, student_id: int) -> HttpResponse:
    student = _child(request, student_id)
    form = NumberForm(request.POST)
    if form.is_valid():
        try:
            write_number(user=request.user, student=student, number=form.cleaned_data["number"])
        except ValidationError as error:
            form.add_error("number", error)
        except Refused as refused:
            form.add_error("number", str(refused))
        else:
            messages.success(request, _("The number is kept, encrypted."))
            return redirect("identities:child", student.pk)
    return _child_page(request, student, form, status=422)


@needs(C.READ_IDENTITY)
@require_POST
def remove(request: HttpRequest, student_id: int) -> HttpResponse:
    student = _child(request, student_id)
    delete_number(user=request.user, student=student)
    messages.success(request, _("The number is deleted."))
    return redirect("identities:child", student.pk)
