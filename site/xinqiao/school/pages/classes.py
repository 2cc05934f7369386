"""A class: its children and teachers, its list on paper; opened, closed, merged, split, each with a preview where many move."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import may, needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.audit.trail import record
from xinqiao.refused import Refused
from xinqiao.school.models import Guardianship, Move, SchoolClass, Student
from xinqiao.school.moves.classes import children_from, close_class, merge, next_number, open_class, split
from xinqiao.school.moves.models import MoveKind
from xinqiao.school.moves.undo import can_undo
from xinqiao.school.pages.answers import class_in_sight, class_to_manage, done, managed_school, moved_words, page
from xinqiao.school.pages.child_acts import TEMPLATE
from xinqiao.school.pages.forms import MergeForm, OpenClassForm, SplitForm
from xinqiao.school.sight import staff_only


@require_safe
@staff_only
def school_class(request: HttpRequest, class_id: int) -> HttpResponse:
    found = class_in_sight(request, class_id)
    today = timezone.localdate()
    manages = request.sight.may_manage(found)
    moves = _moves_of(found) if manages else []
    context = {
        "school_class": found,
        "children": list(_children(request, found)),
        "teachers": _teachers(found, today),
        "facts": request.sight.sees_facts(found),
        "contacts": request.sight.sees_contacts(found),
        "manages": manages,
        "invites": may(request.user, Capability.INVITE_GUARDIANS, found),
        "is_closed": found.closed_on is not None and found.closed_on <= today,
        "is_empty": manages and not children_from(found, today).exists(),
        "moves": [(move, can_undo(move, today)) for move in moves],
        "today": today,
    }
    return page(request, "school/directory/class.html", context)


@require_safe
@staff_only
@transaction.atomic
def print_class(request: HttpRequest, class_id: int) -> HttpResponse:
    """The list of a class for paper; with telephones for those who see them. That it was printed is on the record."""
    found = class_in_sight(request, class_id)
    sight = request.sight
    with_contacts = "contacts" in request.GET and sight.sees_contacts(found)
    children = list(_children(request, found))
    contacts = _contacts(children) if with_contacts else {}
    record(
        actor=request.user,
        action="class.print",
        target=found,
        details={"children": len(children), "contacts": with_contacts},
    )
    context = {
        "school_class": found,
        "rows": [(child, contacts.get(child.pk, [])) for child in children],
        "facts": sight.sees_facts(found),
        "may_contacts": sight.sees_contacts(found),
        "with_contacts": with_contacts,
        "now": timezone.localtime(),
    }
    return page(request, "school/directory/class_print.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def open_(request: HttpRequest) -> HttpResponse:
    school = managed_school(request)
    form = OpenClassForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            opened = open_class(by=request.user, school=school, **form.cleaned_data)
        except Refused as refused:
            form.add_error("number", str(refused))
        else:
            done(request, _("The class is open. Give it a homeroom teacher, and children."))
            return redirect("directory:school_class", opened.pk)
    context = {
        "form": form,
        "heading": _("Open a class"),
        "lead": _("Under a number that was closed, the same class is opened again with its history."),
        "submit": _("Open"),
        "cancel": reverse("directory:home"),
    }
    return page(request, TEMPLATE, context, status=422 if form.errors else 200)


@require_POST
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def close(request: HttpRequest, class_id: int) -> HttpResponse:
    found = class_to_manage(request, class_id)
    try:
        close_class(by=request.user, school_class=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done(request, _("The class is closed. Its history stays; it can be opened again."))
    return redirect("directory:school_class", found.pk)


@require_POST
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def reopen(request: HttpRequest, class_id: int) -> HttpResponse:
    found = class_to_manage(request, class_id)
    try:
        open_class(by=request.user, school=found.grade.school, grade=found.grade.number, number=found.number)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        done(request, _("The class is open again."))
    return redirect("directory:school_class", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def merge_(request: HttpRequest, class_id: int) -> HttpResponse:
    found = class_to_manage(request, class_id)
    form = MergeForm(request.POST or None, school_class=found)
    context: dict[str, Any] = {"school_class": found, "form": form, "children": list(_children(request, found))}
    if form.is_bound and form.is_valid():
        into, on = form.cleaned_data["into"], form.cleaned_data["on"]
        context |= {"preview": True, "into": into, "on": on, "there": into.current_students.count()}
        if "confirm" in request.POST:
            try:
                move = merge(by=request.user, school_class=found, into=into, on=on)
            except Refused as refused:
                form.add_error(None, str(refused))
                context["preview"] = False
            else:
                done(request, moved_words(move, timezone.localdate()))
                return redirect("directory:school_class", found.pk)
    return page(request, "school/directory/class_merge.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@staff_only
def split_(request: HttpRequest, class_id: int) -> HttpResponse:
    found = class_to_manage(request, class_id)
    initial = {"number": next_number(found.grade)}
    form = SplitForm(request.POST or None, school_class=found, sight=request.sight, initial=initial)
    context: dict[str, Any] = {"school_class": found, "form": form}
    if form.is_bound and form.is_valid():
        going, data = list(form.cleaned_data["children"]), form.cleaned_data
        context |= {
            "preview": True,
            "going": going,
            "staying": found.current_students.count() - len(going),
            "new_class": str(SchoolClass(grade=found.grade, number=data["number"])),
            "on": data["on"],
        }
        if "confirm" in request.POST:
            try:
                move = split(
                    by=request.user,
                    school_class=found,
                    number=data["number"],
                    children=[child.pk for child in going],
                    on=data["on"],
                )
            except Refused as refused:
                form.add_error(None, str(refused))
                context["preview"] = False
            else:
                done(request, moved_words(move, timezone.localdate()))
                return redirect("directory:school_class", found.pk)
    return page(request, "school/directory/class_split.html", context, status=422 if form.errors else 200)


def _children(request: HttpRequest, found: SchoolClass) -> QuerySet[Student]:
    return request.sight.students().filter(current_class=found).order_by("number")


def _teachers(found: SchoolClass, today: Any) -> list[tuple[str, list[str]]]:
    """Homeroom first, then those who teach the class."""
    held = (
        Appointment.objects.on(today)
        .filter(school_class=found, role__in=[Role.HOMEROOM, Role.TEACHER])
        .select_related("user")
        .order_by("starts_on", "pk")
    )
    people: dict[str, list[str]] = {Role.HOMEROOM: [], Role.TEACHER: []}
    for duty in held:
        people[duty.role].append(str(duty.user))
    return [(str(Role(role).label), names) for role, names in people.items() if names]


def _moves_of(found: SchoolClass) -> list[Move]:
    """Merges and splits of this class that stand, the newest first."""
    whole = Move.objects.standing().filter(kind__in=[MoveKind.MERGE, MoveKind.SPLIT])
    moves = whole.filter(from_class=found) | whole.filter(to_class=found)
    return list(moves.select_related("from_class__grade", "to_class__grade")[:5])


def _contacts(children: list[Student]) -> dict[int, list[Guardianship]]:
    """Guardians of each child who may be called."""
    ties: dict[int, list[Guardianship]] = {}
    for tie in (
        Guardianship.objects.filter(student__in=children, restricted=False)
        .select_related("guardian")
        .order_by("relation", "pk")
    ):
        ties.setdefault(tie.student_id, []).append(tie)
    return ties
