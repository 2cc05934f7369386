"""What is asked before a file leaves, before it is erased, and for how long what is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinqiao.exports import PasswordField, new_password
from xinqiao.records.enums import Edition, ExportPurpose, Ground
from xinqiao.records.retention import CLASSES

_CHOOSE = ("", _("Please choose"))


def _sentence(label: Any, help_text: Any = "", *, rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=500,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Please write a sentence. It is kept with the record.")},
    )


class ExportForm(forms.Form):
    edition = forms.ChoiceField(
        label=_("Which copy"),
        choices=Edition.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a copy.")},
    )
    purpose = forms.ChoiceField(label=_("What it is for"), choices=[_CHOOSE, *ExportPurpose.choices])
    recipient = forms.CharField(
        label=_("Who gets it"), help_text=_("A person and their office. It stands in the file."), max_length=80
    )
    reason = _sentence(_("Reason"), _("Where the written request lies, or who decided. It stands on the record only."))
    password = PasswordField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial["password"] = new_password()


class EraseForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"), choices=[_CHOOSE, *Ground.choices])
    reason = _sentence(_("Reason"), _("Who asked for it and when, and where the paper lies."))


class ConfirmForm(forms.Form):
    shown = forms.CharField(max_length=16, widget=forms.HiddenInput)
    looked = forms.BooleanField(
        label=_("I have looked at what goes and what stays. It cannot be brought back."),
        error_messages={"required": _("Please tick this first.")},
    )
    comment = _sentence(_("Comment"), rows=2, required=False)


class ReturnForm(forms.Form):
    comment = _sentence(_("Why it is not erased"), _("Whoever asked reads this."), rows=2)


class HoldForm(forms.Form):
    reason = _sentence(_("Why it has to stay"), _("Such as a court case, a complaint, or a guardian's written wish."))
    until = forms.DateField(
        label=_("Until"),
        help_text=_("Empty: until somebody lifts it."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until is not None and until <= timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return until


class PeriodForm(forms.Form):
    """One class's months, within its bounds."""

    klass = forms.ChoiceField(choices=[(key, key) for key in CLASSES], widget=forms.HiddenInput)
    months = forms.IntegerField(label=_("Months"))

    def __init__(self, *args: Any, klass: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = klass or self.data.get("klass", "")
        if key in CLASSES:
            retention = CLASSES[key]
            self.fields["months"] = forms.IntegerField(
                label=retention.label, min_value=retention.shortest, max_value=retention.longest
            )
            self.fields["months"].widget.attrs |= {"id": f"months-{key}", "class": "months"}
            self.initial.setdefault("klass", key)
