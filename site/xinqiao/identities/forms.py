"""What is sent from the pages of identity numbers."""

from django import forms
from django.utils.translation import gettext_lazy as _

_WIDGET = {"autocomplete": "off", "spellcheck": "false", "inputmode": "text", "autocapitalize": "characters"}


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("Identity number"),
        max_length=40,
        widget=forms.TextInput(attrs=_WIDGET),
        help_text=_("18 figures, the last may be X; or the school-roll number with G before it."),
    )


class PolicyForm(forms.Form):
    purpose = forms.CharField(
        label=_("What they are needed for"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Such as: referrals, for which the hospital asks the number. It stands in the privacy notice."),
    )
