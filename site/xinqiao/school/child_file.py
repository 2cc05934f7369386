"""What the directory holds about a child: the child, the classes, the moves; and the guardians."""

from __future__ import annotations

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from xinqiao.accounts.enums import Role
from xinqiao.records.parts import NOBODY, Clock, Entry, Erasing, Part, facts, register
from xinqiao.records.scrub import empty, past_the_freeze
from xinqiao.school.models import Guardian, Guardianship, Move, Restriction, Student


def left_on(students: QuerySet[Student]) -> dict[int, Clock]:
    """The last day in a class, for who is in none any more; None for who is still there. Nobody without a name."""
    named = students.exclude(name=NOBODY).order_by()
    found = {
        pk: Clock(day, day)
        for pk, day in named.filter(current_class=None).values_list("pk").annotate(day=Max("enrolments__ends_on"))
    }
    found.update(dict.fromkeys(named.exclude(current_class=None).values_list("pk", flat=True), Clock(None, None)))
    return found


def _read_child(student: Student) -> list[Entry]:
    entries = [
        Entry(
            _("The child"),
            None,
            facts(
                ("name", pgettext("person", "Name"), student.name),
                ("number", _("School number"), student.number),
                ("sex", _("Sex"), student.get_sex_display()),
                ("born_on", _("Date of birth"), student.born_on),
                ("school", _("School"), student.school.name),
                ("class", _("Class"), student.current_class or _("In no class any more")),
            ),
        )
    ]
    for enrolment in student.enrolments.select_related("school_class__grade").order_by("starts_on", "pk"):
        entries.append(
            Entry(
                _("In a class"),
                enrolment.starts_on,
                facts(
                    ("class", _("Class"), enrolment.school_class),
                    ("from", pgettext("first day", "From"), enrolment.starts_on),
                    ("until", _("Until"), enrolment.ends_on),
                ),
            )
        )
    for move in student.moves.select_related("from_class__grade", "to_class__grade", "made_by").order_by("made_at"):
        entries.append(
            Entry(
                str(move.get_kind_display()),
                move.on,
                facts(
                    ("from_class", _("From class"), move.from_class),
                    ("to_class", _("Into class"), move.to_class),
                    ("reason", _("Reason"), move.get_reason_display()),
                    ("taken_back", _("Taken back"), move.undone_at and move.undone_at.date()),
                    ("by", _("Entered by"), move.made_by, True),
                ),
            )
        )
    return entries


def _count_child(student: Student) -> list[tuple[object, int]]:
    return [
        (_("name, number, birthday"), int(student.name != NOBODY)),
        (_("times in a class"), student.enrolments.count()),
        (_("moves"), student.moves.count()),
    ]


def _erase_child(erasing: Erasing) -> int:
    """The child becomes somebody without a name; dates and classes stay, so that classes' sizes stay true."""
    if not erasing.whole:
        return 0
    student = erasing.student
    with past_the_freeze(Move):
        student.moves.update(undo_facts={})
    Student.objects.filter(pk=student.pk).update(
        name=NOBODY,
        number=erasing.reference,
        pinyin="",
        pinyin_initials="",
        born_on=None,
        current_class=None,
    )
    return 1 + student.enrolments.count()


def _read_guardians(student: Student) -> list[Entry]:
    entries = []
    for guardianship in student.guardianships.select_related("guardian").order_by("pk"):
        guardian = guardianship.guardian
        entries.append(
            Entry(
                str(guardianship.get_relation_display()),
                None,
                facts(
                    ("name", pgettext("person", "Name"), guardian.name, True),
                    ("phone", _("Telephone"), guardian.phone, True),
                    ("account", _("Has an account"), _("yes") if guardian.user_id else _("no")),
                    ("restricted", _("Restricted by a court"), guardianship.restricted and _("yes"), False, True),
                ),
            )
        )
        for restriction in guardianship.restrictions.select_related("made_by", "lifted_by").order_by("made_at"):
            entries.append(
                Entry(
                    _("Restricted by a court"),
                    restriction.made_at,
                    facts(
                        ("decision", _("Decision"), restriction.reason, False, True),
                        ("by", _("Entered by"), restriction.made_by, True),
                        ("lifted", _("Lifted"), restriction.lifted_at and restriction.lifted_at.date()),
                        ("because", _("Why it ended"), restriction.lifted_because, False, True),
                    ),
                )
            )
    return entries


def _count_guardians(student: Student) -> list[tuple[object, int]]:
    return [
        (_("guardians"), student.guardianships.count()),
        (_("court's restrictions"), Restriction.objects.filter(guardianship__student=student).count()),
    ]


def _clocks_of_guardians(students: QuerySet[Student]) -> dict[int, Clock]:
    with_guardians = set(Guardianship.objects.filter(student__in=students).values_list("student", flat=True))
    return {pk: clock for pk, clock in left_on(students).items() if pk in with_guardians}


def _erase_guardians(erasing: Erasing) -> int:
    """The tie goes; a guardian without another child loses name and telephone, and the account its duty."""
    if not erasing.whole:
        return 0
    ties = list(Guardianship.objects.filter(student=erasing.student).select_related("guardian__user"))
    for tie in ties:
        empty(tie.restrictions.all())
        guardian = tie.guardian
        if not guardian.guardianships.exclude(pk=tie.pk).exists():
            _end_duty(guardian)
            empty(Guardian.objects.filter(pk=guardian.pk), name=NOBODY, user=None)
            Guardian.objects.filter(pk=guardian.pk).update(phone="")
        tie.delete()
    return len(ties)


def _end_duty(guardian: Guardian) -> None:
    if guardian.user is None:
        return
    guardian.user.appointments.filter(role=Role.GUARDIAN, school=guardian.school_id, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )


register(
    Part(
        key="directory",
        label=gettext_lazy("Basic facts and classes"),
        order=10,
        keeping="directory",
        models=("school.Student", "school.Enrolment", "school.Move"),
        read=_read_child,
        count=_count_child,
        clocks=left_on,
        erase=_erase_child,
    )
)
register(
    Part(
        key="guardians",
        label=gettext_lazy("Guardians"),
        order=20,
        keeping="directory",
        models=("school.Guardianship", "school.Guardian", "school.Restriction"),
        read=_read_guardians,
        count=_count_guardians,
        clocks=_clocks_of_guardians,
        erase=_erase_guardians,
    )
)
