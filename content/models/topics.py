"""What guidance is about: a short list that the school can change, used for filters, breadcrumbs and search."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.search import index


class Topic(index.Indexed, models.Model):
    name = models.CharField(
        _("Name"), max_length=20, unique=True, help_text=_("As a parent would say it: 睡眠, 不想上学, 同伴关系.")
    )
    slug = models.SlugField(
        _("Short name in addresses"),
        max_length=40,
        unique=True,
        help_text=_("Latin letters and hyphens; keep it once published."),
    )
    description = models.CharField(
        _("One sentence"), max_length=120, blank=True, help_text=_("Shown above the articles of this topic.")
    )
    position = models.PositiveSmallIntegerField(_("Position"), default=100, help_text=_("Smaller comes first."))

    panels = [
        FieldPanel("name"),
        FieldPanel("description"),
        FieldRowPanel([FieldPanel("slug"), FieldPanel("position")]),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name
