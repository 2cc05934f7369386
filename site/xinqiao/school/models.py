"""The school's directory: terms, grades, classes, children, guardians, and which child sits where since when."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.accounts.access import Place, Reach, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.visible import SeenThrough
from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.crypto.index import BlindIndexField, KeepsIndexes
from xinqiao.school.calendar_models import SchoolBreak, no_overlap  # noqa: F401 - a table of this app
from xinqiao.school.moves.guards import CLOSED_CLASS_IS_EMPTY, ENROLMENT_FITS
from xinqiao.school.naming import class_name
from xinqiao.school.phones import normal_phone


class School(models.Model):
    name = models.CharField(_("Name"), max_length=80)
    short_name = models.CharField(_("Short name"), max_length=20)
    counselling_room = models.CharField(_("Counselling room"), max_length=80, blank=True)
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")

    def __str__(self) -> str:
        return self.name

    def access_place(self) -> Place:
        return Place(school_id=self.pk)


class TermQuerySet(models.QuerySet):
    def current(self, today: datetime.date | None = None) -> "Term | None":
        """The term of the day, or else the last one before it."""
        return self.filter(starts_on__lte=today or timezone.localdate()).order_by("-starts_on").first()


class Term(models.Model):
    school = models.ForeignKey(School, models.PROTECT, related_name="terms")
    name = models.CharField(_("Name"), max_length=40)
    starts_on = models.DateField(pgettext_lazy("first day", "From"))
    ends_on = models.DateField(_("Until"))

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="one_term_of_a_name"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="term_ends_after_it_starts"),
            no_overlap("terms_do_not_overlap"),
        ]

    def __str__(self) -> str:
        return self.name


class Grade(models.Model):
    school = models.ForeignKey(School, models.PROTECT, related_name="grades")
    number = models.PositiveSmallIntegerField(pgettext_lazy("grade or class", "Number"))

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="one_grade_of_a_number"),
            models.CheckConstraint(condition=Q(number__range=(1, 6)), name="grade_is_one_to_six"),
        ]

    def __str__(self) -> str:
        return class_name(self.number)

    def access_place(self) -> Place:
        return Place(school_id=self.school_id, grade_id=self.pk)


class SchoolClassQuerySet(models.QuerySet):
    def within(self, user, capability: Capability) -> "SchoolClassQuerySet":
        """The classes that this capability reaches for this person."""
        return self.filter(reach(user, capability).classes_q())

    def visible_to(self, user) -> "SchoolClassQuerySet":
        return self.within(user, Capability.READ_STUDENT)

    def running(self, on: datetime.date | None = None) -> "SchoolClassQuerySet":
        """Those that may be offered: not closed on the day."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on or timezone.localdate()))


class SchoolClass(models.Model):
    grade = models.ForeignKey(Grade, models.PROTECT, related_name="classes")
    number = models.PositiveSmallIntegerField(pgettext_lazy("grade or class", "Number"))
    # The first day on which it is no more; its history stays, and a later year may open it again.
    closed_on = models.DateField(_("Closed since"), null=True, blank=True)

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["grade__number", "number"]
        constraints = [models.UniqueConstraint(fields=["grade", "number"], name="one_class_of_a_number")]
        triggers = [CLOSED_CLASS_IS_EMPTY]

    def __str__(self) -> str:
        return class_name(self.grade.number, self.number)

    def access_place(self) -> Place:
        return Place(school_id=self.grade.school_id, grade_id=self.grade_id, class_id=self.pk)


class StudentQuerySet(models.QuerySet):
    def within(self, user, capability: Capability) -> "StudentQuerySet":
        return self.filter(reach(user, capability).students_q(timezone.localdate())).distinct()

    def visible_to(self, user) -> "StudentQuerySet":
        return self.within(user, Capability.READ_STUDENT)

    def visible_by(self, extent: Reach) -> "StudentQuerySet":
        """The children whom this reach covers."""
        return self.filter(extent.students_q(timezone.localdate()))

    def search(self, text: str, *, numbers: bool = True) -> "StudentQuerySet":
        """By name, number, pinyin or its initials; without numbers for those who do not see them."""
        # PostgreSQL knows no NUL: nobody's name has one.
        text = text.strip().lower().replace(" ", "").replace("\0", "")
        if not text:
            return self
        found = Q(name__icontains=text) | Q(pinyin__startswith=text) | Q(pinyin_initials__startswith=text)
        # Typed in small letters or not, a number is found.
        return self.filter(found | Q(number__istartswith=text) if numbers else found)


class Student(models.Model):
    class Sex(models.TextChoices):
        FEMALE = "f", _("Girl")
        MALE = "m", _("Boy")

    school = models.ForeignKey(School, models.PROTECT, related_name="students")
    number = models.CharField(_("School number"), max_length=20)
    name = models.CharField(pgettext_lazy("person", "Name"), max_length=40)
    pinyin = models.CharField(max_length=120, blank=True, editable=False)
    pinyin_initials = models.CharField(max_length=20, blank=True, editable=False)
    sex = models.CharField(_("Sex"), max_length=1, choices=Sex)
    born_on = models.DateField(_("Date of birth"), null=True, blank=True)
    # Kept beside the dated enrolments, by school.moves.current, in the same transaction: most questions are about today.
    current_class = models.ForeignKey(
        SchoolClass, models.PROTECT, null=True, blank=True, related_name="current_students"
    )

    objects = StudentQuerySet.as_manager()

    class Meta:
        verbose_name = _("child")
        verbose_name_plural = _("children")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["school", "number"], name="one_student_of_a_number")]
        indexes = [models.Index(fields=["pinyin_initials"]), models.Index(fields=["pinyin"])]

    def __str__(self) -> str:
        return f"student {self.pk}"  # never a name: this text reaches logs and error reports

    def access_place(self) -> Place:
        school_class = self.current_class
        return Place(
            school_id=self.school_id,
            grade_id=school_class.grade_id if school_class else None,
            class_id=self.current_class_id,
            student_id=self.pk,
        )

    def age_on(self, day: datetime.date) -> int | None:
        """Full years, or None where the birthday is not known."""
        if self.born_on is None:
            return None
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


class Enrolment(models.Model):
    """A child in a class, from and until."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="enrolments")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="enrolments")
    starts_on = models.DateField(pgettext_lazy("first day", "From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    # The acts by which it began and ended; none where a roster did.
    begun_by = models.ForeignKey("school.Move", models.PROTECT, null=True, blank=True, related_name="begun")
    ended_by = models.ForeignKey("school.Move", models.PROTECT, null=True, blank=True, related_name="ended")

    objects = SeenThrough.as_manager()
    seen_through = "student"

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["student"], condition=Q(ends_on__isnull=True), name="one_open_enrolment_a_student"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="enrolment_ends_after_it_starts",
            ),
        ]
        triggers = ENROLMENT_FITS

    def __str__(self) -> str:
        return f"enrolment {self.pk}"


class GuardianQuerySet(models.QuerySet):
    def visible_to(self, user) -> "GuardianQuerySet":
        """The guardians of children whose guardians this person may reach; whoever is one sees themselves."""
        ties = Guardianship.objects.visible_to(user)
        return self.filter(Q(pk__in=ties.values("guardian")) | Q(user__isnull=False, user=user.pk))


class GuardianshipQuerySet(models.QuerySet):
    def visible_to(self, user) -> "GuardianshipQuerySet":
        """Whose guardian somebody is stands with how they are reached; one's own ties are one's own to know."""
        children = Student.objects.within(user, Capability.READ_CONTACTS)
        own = Q(guardian__user__isnull=False, guardian__user=user.pk, restricted=False)
        return self.filter(Q(student__in=children.values("pk")) | own)


class Guardian(KeepsIndexes):
    """A parent or other guardian; with an account once invited."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="guardians")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="guardian"
    )
    name = models.CharField(pgettext_lazy("person", "Name"), max_length=40)
    phone = EncryptedTextField(_("Telephone"), blank=True)
    phone_index = BlindIndexField(of="phone", normal=normal_phone)

    objects = GuardianQuerySet.as_manager()

    class Meta:
        verbose_name = _("guardian")
        verbose_name_plural = _("guardians")

    def __str__(self) -> str:
        return f"guardian {self.pk}"


class Guardianship(models.Model):
    class Relation(models.TextChoices):
        MOTHER = "mother", _("Mother")
        FATHER = "father", _("Father")
        GRANDPARENT = "grandparent", _("Grandparent")
        OTHER = "other", _("Other guardian")

    student = models.ForeignKey(Student, models.PROTECT, related_name="guardianships")
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="guardianships")
    relation = models.CharField(_("Relation"), max_length=16, choices=Relation)
    restricted = models.BooleanField(_("Restricted by a court"), default=False)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("guardianship")
        verbose_name_plural = _("guardianships")
        constraints = [models.UniqueConstraint(fields=["student", "guardian"], name="one_guardianship_a_pair")]

    def __str__(self) -> str:
        return f"guardianship {self.pk}"


class SchoolDayOverride(models.Model):
    """A day on which this school differs from the national calendar: a sports day off, a make-up day."""

    school = models.ForeignKey(School, models.CASCADE, related_name="day_overrides")
    day = models.DateField(_("Day"))
    is_school_day = models.BooleanField(_("School is open"))
    reason = models.CharField(_("Reason"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("calendar exception")
        verbose_name_plural = _("calendar exceptions")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["school", "day"], name="one_override_a_day")]

    def __str__(self) -> str:
        return str(self.day)


from xinqiao.school.moves.models import Move, Restriction  # noqa: E402, F401 - they are of this app's tables
from xinqiao.school.roster.models import ImportRun  # noqa: E402, F401 - it is one of this app's tables
