"""The components as tags with explicit arguments; each has one template in site/templates/ui/."""

from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from xinqiao.ui.icons import ICONS

register = template.Library()

LEVELS = {
    "general": _("General concern"),
    "priority": _("Priority concern"),
    "high": _("High-risk concern"),
    "": _("No level"),
    "none": _("No concern seen"),
    "unknown": _("Cannot say yet"),
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An inline SVG; hidden from screen readers unless it is given a label. An unknown name is a KeyError."""
    path = mark_safe(ICONS[name])  # noqa: S308 - our own constant
    hidden = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"'
        ' stroke-linecap="round" stroke-linejoin="round" {}><path d="{}"/></svg>',
        hidden,
        path,
    )


@register.inclusion_tag("ui/_page_header.html")
def page_header(title: str, lead: str = "") -> dict[str, Any]:
    return {"title": title, "lead": lead}


@register.inclusion_tag("ui/_level.html")
def level_badge(level: str | None) -> dict[str, Any]:
    """A level as shape, word and tone together."""
    key = level or ""
    return {"level": key if key in {"general", "priority", "high"} else "none", "words": LEVELS.get(key, key)}


@register.inclusion_tag("ui/_empty.html")
def empty_state(title: str, text: str, url: str = "", label: str = "", icon: str = "list") -> dict[str, Any]:
    """What to do when there is nothing."""
    return {"title": title, "text": text, "url": url, "label": label, "icon_name": icon or "list"}


@register.inclusion_tag("ui/_field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Label, hint, control and error of one form field, tied together for screen readers."""
    attributes = dict(bound.field.widget.attrs)
    described = [
        f"{bound.id_for_label}_{what}" for what, there in (("hint", bound.help_text), ("error", bound.errors)) if there
    ]
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "")
    grouped = hasattr(bound.field.widget, "use_fieldset") and bound.field.widget.use_fieldset
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attributes),
        "is_choice": kind == "checkbox" and not grouped,
        "is_group": grouped,
    }


@register.inclusion_tag("ui/_progress.html")
def progress(value: int, max: int, label: str = "") -> dict[str, Any]:
    return {"value": value, "max": max or 1, "label": label, "of": max}


@register.inclusion_tag("ui/_paging.html", takes_context=True)
def paging(context: template.Context, page_obj: Page) -> dict[str, Any]:
    """Earlier and later, keeping the rest of the query string."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {"page_obj": page_obj, "query": query.urlencode()}


@register.inclusion_tag("ui/_timeline.html")
def timeline(items: list[Any]) -> dict[str, Any]:
    """Items with `at`, `title`, `text`, `by`; newest or oldest first as given."""
    return {"items": items}


@register.inclusion_tag("ui/_toasts.html", takes_context=True)
def toast_messages(context: template.Context) -> dict[str, Any]:
    return {"messages": context.get("messages", [])}
