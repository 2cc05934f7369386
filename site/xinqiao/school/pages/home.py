"""`/directory/`: grades and classes with their children and homeroom teachers, and what is due."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.school.models import Move, School, SchoolClass, Student
from xinqiao.school.moves.models import LeaveReason, MoveKind
from xinqiao.school.pages.answers import page
from xinqiao.school.pages.cards import cards_of
from xinqiao.school.rollover.plan import is_due
from xinqiao.school.sight import Sight, staff_only

_SUSPENDED_DAYS = 365


@dataclasses.dataclass(frozen=True)
class Due:
    """One thing that somebody should look at, and where."""

    words: str
    url: str
    label: str


@dataclasses.dataclass
class ClassLine:
    """One class of the list."""

    school_class: SchoolClass
    children: int
    homeroom: list[str]


@require_safe
@staff_only
def home(request: HttpRequest) -> HttpResponse:
    sight: Sight = request.sight
    today = timezone.localdate()
    lines = class_lines(sight, today)
    managed = sight.managed_schools() if sight.manages else []
    due = [each for school in managed for each in due_in(school, lines, today)]
    context = {
        "schools": _by_school(lines),
        "total": sum(line.children for line in lines),
        "due": due,
        "cards": cards_of(request.user),
    }
    return page(request, "school/directory/home.html", context)


def class_lines(sight: Sight, today: datetime.date) -> list[ClassLine]:
    """The running classes in sight, in order, each with its number of children and its homeroom teachers."""
    classes = list(
        sight.classes()
        .running(today)
        .select_related("grade__school")
        .annotate(children=Count("current_students"))
        .order_by("grade__school", "grade__number", "number")
    )
    held = Appointment.objects.on(today).filter(school_class__in=classes, role=Role.HOMEROOM).select_related("user")
    homeroom: dict[int, list[str]] = {}
    for duty in held.order_by("starts_on", "pk"):
        homeroom.setdefault(duty.school_class_id, []).append(str(duty.user))
    return [ClassLine(each, each.children, homeroom.get(each.pk, [])) for each in classes]


def due_in(school: School, lines: list[ClassLine], today: datetime.date) -> list[Due]:
    """What waits in this school for whoever keeps the directory."""
    due = []
    if is_due(school, today):
        words = _("The new school year: all classes move up, the sixth grade leaves.")
        due.append(Due(words, reverse("directory:rollover"), _("Prepare the roll-over")))
    ahead = Move.objects.standing().filter(school=school, on__gt=today).count()
    if ahead:
        words = ngettext("%(count)d move waits for its day.", "%(count)d moves wait for their day.", ahead) % {
            "count": ahead
        }
        due.append(Due(words, reverse("directory:moves"), _("Look at the moves")))
    mine = [line for line in lines if line.school_class.grade.school_id == school.pk]
    alone = [str(line.school_class) for line in mine if line.children and not line.homeroom]
    if alone:
        words = _("Without a homeroom teacher: %(classes)s.") % {"classes": _(", ").join(alone)}
        due.append(Due(words, reverse("directory:appointments"), _("Give the duty")))
    nowhere = Student.objects.filter(school=school, current_class=None, enrolments=None).count()
    if nowhere:
        words = ngettext(
            "%(count)d child was entered and sits in no class yet.",
            "%(count)d children were entered and sit in no class yet.",
            nowhere,
        ) % {"count": nowhere}
        due.append(Due(words, reverse("directory:children") + "?state=left", _("Show them")))
    back = _suspended_for_long(school, today)
    if back:
        words = ngettext(
            "%(count)d child's schooling has been suspended for a year: ask whether the child comes back.",
            "%(count)d children's schooling has been suspended for a year: ask whether they come back.",
            back,
        ) % {"count": back}
        due.append(Due(words, reverse("directory:children") + "?state=left", _("Show them")))
    return due


def _suspended_for_long(school: School, today: datetime.date) -> int:
    since = today - datetime.timedelta(days=_SUSPENDED_DAYS)
    suspended = Move.objects.standing().filter(
        Q(kind=MoveKind.LEAVE, reason=LeaveReason.SUSPENDED, on__lte=since),
        school=school,
        student__current_class=None,
    )
    return suspended.values("student").distinct().count()


def _by_school(lines: list[ClassLine]) -> list[tuple[School, list[tuple[Any, list[ClassLine]]]]]:
    """School, and its grades with their classes."""
    schools: dict[School, dict[Any, list[ClassLine]]] = {}
    for line in lines:
        grade = line.school_class.grade
        schools.setdefault(grade.school, {}).setdefault(grade, []).append(line)
    return [(school, list(grades.items())) for school, grades in schools.items()]
