"""The site's own words, editable by the school: who answers for the texts, and where help is found."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


@register_setting(icon="cog")
class SiteWords(BaseSiteSetting):
    """Defaults hold for any school in China; a school adds its own counselling room."""

    school_name = models.CharField(
        _("School's name"), max_length=80, blank=True, help_text=_("Shown on the home page and under each article.")
    )
    reviewer = models.CharField(
        _("Who reviews the texts"),
        max_length=40,
        default="心理咨询室",
        help_text=_("A room or an office, never a person's name."),
    )
    hotline_hours = models.CharField(_("Hours of 12356"), max_length=40, default="每天至少 18 小时，许多地方全天")
    room_place = models.CharField(
        _("Where the counselling room is"), max_length=80, blank=True, help_text=_("For example: 综合楼二楼 206.")
    )
    room_hours = models.CharField(
        _("When it is open"), max_length=80, blank=True, help_text=_("For example: 周一至周五 8:00–17:00.")
    )
    room_phone = models.CharField(
        _("Its telephone"), max_length=30, blank=True, help_text=_("A telephone of the room, not of a person.")
    )

    panels = [
        MultiFieldPanel([FieldPanel("school_name"), FieldPanel("reviewer")], heading=_("The school")),
        MultiFieldPanel([FieldPanel("hotline_hours")], heading=_("Hotline")),
        MultiFieldPanel(
            [FieldPanel("room_place"), FieldRowPanel([FieldPanel("room_hours"), FieldPanel("room_phone")])],
            heading=_("Counselling room"),
        ),
    ]

    class Meta:
        verbose_name = _("school and hotline texts")
        verbose_name_plural = _("school and hotline texts")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
