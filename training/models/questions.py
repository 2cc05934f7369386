"""The question bank: questions with their options, which are right, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.search import index

from training.enums import QuestionKind
from training.question_form import QuestionForm


class QuestionBank(models.Model):
    """A named set of questions from which a course's quiz draws."""

    name = models.CharField(_("Name"), max_length=80, unique=True)
    note = models.TextField(_("Note for colleagues"), blank=True)

    wagtail_reference_index_ignore = True
    panels = [FieldPanel("name"), FieldPanel("note")]

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def active_count(self) -> int:
        return self.questions.filter(active=True).count()


class Question(index.Indexed, ClusterableModel):
    """One question. An attempt freezes what it drew, so editing here never changes a result."""

    bank = models.ForeignKey(QuestionBank, models.PROTECT, related_name="questions", verbose_name=_("Question bank"))
    kind = models.CharField(_("Kind"), max_length=12, choices=QuestionKind, default=QuestionKind.SINGLE)
    text = models.TextField(_("Question"))
    reason = models.TextField(
        _("Reason"), help_text=_("Shown after submitting. Say why, in words that help next time.")
    )
    lesson = models.ForeignKey(
        "training.LessonPage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Where to read it again"),
    )
    section = models.PositiveSmallIntegerField(
        _("Step of that lesson"), null=True, blank=True, help_text=_("Empty opens the lesson from its beginning.")
    )
    active = models.BooleanField(_("In use"), default=True, help_text=_("Only questions in use are drawn."))
    version = models.PositiveIntegerField(default=0, editable=False)

    base_form_class = QuestionForm
    wagtail_reference_index_ignore = True
    search_fields = [
        index.SearchField("text"),
        index.AutocompleteField("text"),
        index.FilterField("bank_id"),
        index.FilterField("kind"),
        index.FilterField("active"),
    ]
    panels = [
        MultiFieldPanel([FieldRowPanel([FieldPanel("bank"), FieldPanel("kind")]), FieldPanel("active")], _("Question")),
        FieldPanel("text"),
        InlinePanel("options", heading=_("Options"), label=_("Option"), min_num=2, max_num=8),
        FieldPanel("reason"),
        MultiFieldPanel(
            [PageChooserPanel("lesson", page_type="training.LessonPage"), FieldPanel("section")],
            _("Where to read it again"),
        ),
    ]

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["bank", "pk"]

    def __str__(self) -> str:
        return Truncator(self.text).chars(60)

    def save(self, *args, **kwargs) -> None:
        """Each save is a new version; attempts say which one they drew."""
        self.version += 1
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "version"}
        super().save(*args, **kwargs)


class Option(models.Model):
    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="options")
    text = models.CharField(_("Option"), max_length=200)
    correct = models.BooleanField(pgettext_lazy("training", "Right"), default=False)
    feedback = models.CharField(
        _("Feedback"), max_length=200, blank=True, help_text=_("Shown to a person who chose this option.")
    )
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)

    wagtail_reference_index_ignore = True
    panels = [FieldPanel("text"), FieldPanel("correct"), FieldPanel("feedback")]
    sort_order_field = "sort_order"

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["sort_order", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="option_has_a_text")]

    def __str__(self) -> str:
        return Truncator(self.text).chars(40)
