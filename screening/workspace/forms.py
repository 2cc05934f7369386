"""What narrows the list of cases, as it stands in the address. A child's name never does: the search is posted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.cases.enums import CaseState
from screening.levels import Level
from screening.workspace.case_list import CaseList, Wanted


class NarrowForm(forms.Form):
    """An unknown value narrows nothing; an old bookmark still opens the list."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("active", _("Being helped or followed up")), *CaseState.choices, ("all", _("All"))],
    )
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("All levels"))])
    owner = forms.TypedChoiceField(label=_("Owner"), required=False, coerce=int, empty_value=None)
    sort = forms.ChoiceField(label=_("Order"), required=False)
    late = forms.BooleanField(label=_("Late only"), required=False)

    def __init__(self, *args: Any, case_list: CaseList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("Everybody")), *((user.pk, str(user)) for user in case_list.owners())]
        orders = [("time", _("Time left")), ("number", _("Newest number first")), ("oldest", _("Open for longest"))]
        if case_list.shows_levels:
            self.fields["level"].choices = [
                ("", _("All levels")),
                *((level.value, level.label) for level in (Level.HIGH, Level.PRIORITY, Level.GENERAL)),
            ]
            orders = [("danger", _("Danger, then time left")), *orders]
        else:
            del self.fields["level"]
        self.fields["sort"].choices = orders

    @property
    def wanted(self) -> Wanted:
        self.is_valid()
        data = self.cleaned_data
        return Wanted(
            state=data.get("state") or "active",
            level=data.get("level") or "",
            owner=data.get("owner"),
            late=bool(data.get("late")),
            sort=data.get("sort") or "",
        )
