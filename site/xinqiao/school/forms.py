"""Forms of the directory's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinqiao.school.models import School
from xinqiao.school.roster.limits import MAX_FILE_BYTES


class RosterForm(forms.Form):
    """The file; and the school, where the person answers for several."""

    school = forms.ModelChoiceField(School.objects.none(), label=_("School"), empty_label=None)
    file = forms.FileField(
        label=_("Roster"),
        help_text=_("Excel (.xlsx, .xls) or CSV. Nothing is changed yet: first you see what would happen."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"empty": _("The file is empty."), "required": _("Choose a file first.")},
    )

    def __init__(self, *args: Any, schools: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools
        if len(schools) == 1:
            del self.fields["school"]
        self.schools = schools

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB; a roster of a whole school is far smaller.")
                % {"limit": MAX_FILE_BYTES // 1024 // 1024}
            )
        return file

    @property
    def chosen_school(self) -> School:
        """The one chosen, or the only one."""
        return self.cleaned_data.get("school") or self.schools[0]
