"""Small words for the loop's templates: days, time left, scores."""

import datetime

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from screening.levels import Level

register = template.Library()


@register.filter
def from_iso(day: str) -> datetime.date:
    """A day of a mail's context, which is JSON."""
    return datetime.date.fromisoformat(day)


@register.filter
def school_days_left(days: int) -> str:
    """「还有 3 个上学日」 / 「今天截止」 / 「逾期 2 个上学日」"""
    if days > 0:
        return ngettext("%(count)d school day left", "%(count)d school days left", days) % {"count": days}
    if days == 0:
        return _("Due today")
    return ngettext("%(count)d school day late", "%(count)d school days late", -days) % {"count": -days}


@register.filter
def span_words(minutes: int) -> str:
    """「38 分钟」 / 「5 小时」 / 「3 天」"""
    if minutes < 90:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = round(hours / 24)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


@register.filter
def level_words(level: str) -> str:
    return str(Level(level).label)
