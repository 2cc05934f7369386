"""Addresses from Chinese titles: pinyin, so that a link can be read and typed."""

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from pypinyin import lazy_pinyin
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

MAX_LENGTH = 60


def pinyin_slug(title: str) -> str:
    """`孩子不想上学` as `hai-zi-bu-xiang-shang-xue`, cut at a syllable."""
    slug = slugify(" ".join(lazy_pinyin(title, errors=lambda rest: f" {rest} ")))
    return slug if len(slug) <= MAX_LENGTH else slug[: MAX_LENGTH + 1].rsplit("-", 1)[0]


def title_panel(*, placeholder: str = "") -> FieldPanel:
    """The title, large. Wagtail's own panel would write the address by script, from letters that Chinese has not."""
    return FieldPanel(
        "title",
        classname="title",
        widget=forms.TextInput(attrs={"placeholder": placeholder or _("Title of the page")}),
        help_text=_("What readers see at the top of the page."),
    )


class PinyinSlugForm(WagtailAdminPageForm):
    """Editors may leave the address empty: it is then made from the title, and made unique beside its neighbours."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        slug = self.cleaned_data.get("slug")
        if slug or self.instance.slug:
            return slug or self.instance.slug
        wanted = base = pinyin_slug(self.cleaned_data.get("title", "")) or "page"
        number = 1
        while not Page._slug_is_available(wanted, self.parent_page, self.instance):
            number += 1
            wanted = f"{base}-{number}"
        return wanted
