"""Courses and lessons as pages that the training manager writes in Wagtail's editor, in preview as learners see them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
)
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from content.fields import SteadyStreamField
from content.models.serving import PublicPageMixin
from content.models.slugs import PinyinSlugForm, title_panel
from training import serving
from training.blocks import TEXT_FEATURES, SectionsBlock
from training.enums import DueRule
from training.page_forms import CoursePageForm

RESERVED_SLUGS = frozenset({"assign", "certificates", "completion", "courses", "lessons", "quiz"})


class _ServedIndex:
    """Behind PublicPageMixin, which says how the answer may be kept."""

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return serving.serve_index(self, request)

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        return serving.index_context(self, request, previewed=True)


class _ServedCourse:
    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return serving.serve_course(self, request)

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        return serving.course_context(self, request, previewed=True)


class _ServedLesson:
    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return serving.serve_lesson(self, request)

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        return {"page": self, "self": self, "sections": self.sections}


def _address_panels() -> list:
    slug = FieldPanel("slug", help_text=_("Leave it empty: it is made from the title. Keep it once published."))
    return [slug, FieldPanel("search_description")]


class TrainingIndexPage(PublicPageMixin, _ServedIndex, Page):
    """/training/: a learner's own courses; for visitors, what there is to learn."""

    introduction = models.TextField(_("Introduction"), blank=True)

    admin_default_ordering = "ord"
    parent_page_types = ["content.HomePage"]
    subpage_types = ["training.CoursePage"]
    max_count = 1
    template = "training/index.html"
    content_panels = [title_panel(), FieldPanel("introduction")]
    promote_panels = [FieldPanel("search_description")]
    settings_panels = [PublishingPanel()]

    class Meta:
        verbose_name = _("training start page")

    def courses(self) -> models.QuerySet[CoursePage]:
        return CoursePage.objects.child_of(self).live().order_by("path")

    @staticmethod
    def load_lessons(courses: Iterable[CoursePage]) -> None:
        """Fetch the lessons of several courses in one query, so that a list of courses costs as much as one."""
        by_path: dict[str, list[LessonPage]] = {}
        for course in courses:  # two objects of one course share its list
            course.__dict__["lessons"] = by_path.setdefault(course.path, [])
        below = functools.reduce(operator.or_, (Q(path__startswith=path) for path in by_path), Q(pk__in=[]))
        for lesson in LessonPage.objects.live().filter(below).defer("sections").order_by("path"):
            by_path[lesson.path[: -Page.steplen]].append(lesson)


def _from_one(most: int) -> list:
    return [MinValueValidator(1), MaxValueValidator(most)]


class CoursePage(PublicPageMixin, _ServedCourse, Page):
    """A course: lessons in order, then a quiz, then a certificate that is valid for some months."""

    summary = models.TextField(_("Summary"), help_text=_("Two sentences that everybody may read, without an account."))
    audience = models.CharField(_("For whom"), max_length=120)
    description = RichTextField(_("What one learns"), blank=True, features=TEXT_FEATURES)
    validity_months = models.PositiveSmallIntegerField(
        _("The certificate is valid for (months)"), default=12, validators=_from_one(120)
    )
    renewal_days = models.PositiveSmallIntegerField(
        _("Renewal opens before it ends (days)"), default=60, validators=_from_one(365)
    )
    due_rule = models.CharField(_("Due"), max_length=16, choices=DueRule, default=DueRule.AFTER_ENROLMENT)
    due_days = models.PositiveSmallIntegerField(_("Days after enrolment"), default=14, validators=_from_one(365))
    due_date = models.DateField(_("Date"), null=True, blank=True)
    bank = models.ForeignKey(
        "training.QuestionBank",
        models.PROTECT,
        null=True,
        related_name="courses",
        verbose_name=_("Question bank"),
        help_text=_("The quiz draws from it. Passing the quiz gives the certificate."),
    )
    questions_drawn = models.PositiveSmallIntegerField(_("Questions in a quiz"), default=10, validators=_from_one(50))
    pass_mark = models.PositiveSmallIntegerField(_("Pass mark (%)"), default=80, validators=_from_one(100))
    attempts_a_day = models.PositiveSmallIntegerField(
        _("Tries a day"), default=5, validators=_from_one(50), help_text=_("Used-up tries come back the next day.")
    )
    pause_minutes = models.PositiveSmallIntegerField(
        _("Pause between two tries (minutes)"), default=0, help_text=_("0: again at once.")
    )
    quiz_minutes = models.PositiveSmallIntegerField(
        _("Time for the quiz (minutes)"), default=10, validators=_from_one(180), help_text=_("An estimate, no clock.")
    )

    # The editor lists the lessons in the order of learning, and lets them be dragged.
    admin_default_ordering = "ord"
    parent_page_types = ["training.TrainingIndexPage"]
    subpage_types = ["training.LessonPage"]
    template = "training/course.html"
    base_form_class = CoursePageForm
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("audience"),
        index.SearchField("description"),
    ]
    content_panels = [
        title_panel(placeholder=_("What the course is about")),
        FieldPanel("summary"),
        FieldPanel("audience"),
        FieldPanel("description"),
        HelpPanel(template="training/editor/lessons_help.html", heading=_("Lessons")),
    ]
    quiz_panels = [
        MultiFieldPanel(
            [FieldPanel("due_rule"), FieldRowPanel([FieldPanel("due_days"), FieldPanel("due_date")])], _("Due")
        ),
        MultiFieldPanel(
            [
                FieldPanel("bank"),
                FieldRowPanel([FieldPanel("questions_drawn"), FieldPanel("pass_mark"), FieldPanel("quiz_minutes")]),
                FieldRowPanel([FieldPanel("attempts_a_day"), FieldPanel("pause_minutes")]),
            ],
            _("Quiz"),
        ),
        MultiFieldPanel([FieldRowPanel([FieldPanel("validity_months"), FieldPanel("renewal_days")])], _("Certificate")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Course")),
            ObjectList(quiz_panels, heading=_("Due date, quiz and certificate")),
            ObjectList(_address_panels(), heading=_("Address and search")),
            ObjectList([PublishingPanel()], heading=_("Publishing")),
        ]
    )

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.CheckConstraint(
                condition=~Q(due_rule=DueRule.FIXED_DATE) | Q(due_date__isnull=False), name="fixed_due_has_a_date"
            ),
            models.CheckConstraint(condition=Q(pass_mark__range=(1, 100)), name="pass_mark_is_a_percentage"),
            models.CheckConstraint(condition=Q(questions_drawn__gte=1), name="quiz_draws_a_question"),
        ]

    def clean(self) -> None:
        super().clean()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address belongs to the training pages themselves. Choose another.")})
        if self.due_rule == DueRule.FIXED_DATE and self.due_date is None:
            raise ValidationError({"due_date": _("Set the date on which the course is due.")})

    @cached_property
    def lessons(self) -> list[LessonPage]:
        """The published lessons in their order; one query for each course object."""
        return list(LessonPage.objects.child_of(self).live().defer("sections").order_by("path"))


class LessonPage(PublicPageMixin, _ServedLesson, Page):
    """About ten minutes in short sections. Only for those who take the course; never in the public search."""

    minutes = models.PositiveSmallIntegerField(_("Reading time (minutes)"), default=10, validators=_from_one(180))
    goal = models.CharField(
        _("After this lesson"), max_length=120, blank=True, help_text=_("What one can do then, in one sentence.")
    )
    sections = SteadyStreamField(
        SectionsBlock(), verbose_name=_("Sections"), help_text=_("One section is one step on a phone.")
    )

    parent_page_types = ["training.CoursePage"]
    subpage_types: list[str] = []
    template = "training/lesson_preview.html"
    base_form_class = PinyinSlugForm
    content_panels = [
        title_panel(placeholder=_("What the lesson is about")),
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("goal")]),
        FieldPanel("sections"),
    ]
    promote_panels = _address_panels()[:1]
    settings_panels = [PublishingPanel()]

    class Meta:
        verbose_name = pgettext_lazy("training", "lesson")
        verbose_name_plural = pgettext_lazy("training", "lessons")

    @cached_property
    def course(self) -> CoursePage:
        return self.get_parent().specific
