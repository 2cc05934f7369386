"""What is entered about the calendar: a term, a break, a single day; and the question "how many school days from now?"."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.school.terms.changes import (
    LONGEST_BREAK,
    LONGEST_TERM,
    CalendarRefused,
    NameTaken,
    OutsideOfTerms,
    Overlaps,
    WrongDays,
)

MOST_DAYS = 250


class DateInput(forms.DateInput):
    """The browser's own chooser of days."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class _RangeForm(forms.Form):
    starts_on = forms.DateField(label=pgettext_lazy("first day", "From"), widget=DateInput)
    ends_on = forms.DateField(label=_("Until"), widget=DateInput, help_text=_("The last day, included."))

    longest = LONGEST_TERM

    def refuse(self, error: CalendarRefused) -> None:
        """Say beside the field that it speaks of why nothing was changed."""
        if isinstance(error, Overlaps):
            text = _("“%(name)s” (%(from)s to %(until)s) has some of these days.") % {
                "name": error.other.name,
                "from": error.other.starts_on.isoformat(),
                "until": error.other.ends_on.isoformat(),
            }
            self.add_error("starts_on", text)
        elif isinstance(error, NameTaken):
            self.add_error("name", _("There is a term of this name already."))
        elif isinstance(error, OutsideOfTerms):
            self.add_error(
                "starts_on", _("A break lies inside of one term. Outside of the terms the school is closed anyway.")
            )
        elif isinstance(error, WrongDays):
            self.add_error(
                "ends_on",
                _("The last day must lie after the first one, at most %(days)s days later.") % {"days": self.longest},
            )


class TermForm(_RangeForm):
    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("As it stands on reports, such as 2026—2027学年第一学期.")
    )
    field_order = ("name", "starts_on", "ends_on")


class BreakForm(_RangeForm):
    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("Such as the autumn break. All staff see it."))
    field_order = ("name", "starts_on", "ends_on")
    longest = LONGEST_BREAK


class DayForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=DateInput)
    is_open = forms.ChoiceField(
        label=_("On this day the school is"),
        choices=[("open", pgettext_lazy("school", "open")), ("closed", pgettext_lazy("school", "closed"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=80,
        help_text=_("Such as sports day, or: works in place of Friday. All staff see it; name no child."),
    )


class CountForm(forms.Form):
    """The calculator."""

    days = forms.IntegerField(label=_("School days"), min_value=0, max_value=MOST_DAYS)
    start = forms.DateField(label=_("Counted from"), widget=DateInput, required=False)
