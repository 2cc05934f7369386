"""What is sent from the pages of privacy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinqiao.privacy.assessment import PARTS
from xinqiao.privacy.models import Conclusion, PrivacySettings
from xinqiao.privacy.notice import FIELDS
from xinqiao.privacy.risks import RATINGS, RISKS

_HINTS = {
    "officer": _("A person at the school, such as the vice-principal; stands in the public notice."),
    "contact": _("Telephone or mail at which guardians reach this person."),
    "complaints": _("Such as the education bureau's telephone."),
    "processors": _("Companies or offices that work with the data on the school's behalf, and what they may do: hosting, backup. Leave it empty where there are none."),
    "more": _("Anything particular to this school."),
}  # fmt: skip


class SettingsForm(forms.ModelForm):
    class Meta:
        model = PrivacySettings
        fields = FIELDS
        widgets = {"processors": forms.Textarea(attrs={"rows": 3}), "more": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, hint in _HINTS.items():
            self.fields[name].help_text = hint


class PublishForm(forms.Form):
    change = forms.CharField(
        label=_("What is different, in one sentence"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AssessmentForm(forms.Form):
    """The school's words, a rating for each risk, and the conclusion."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    conclusion = forms.ChoiceField(
        label=_("Conclusion"), choices=Conclusion.choices, widget=forms.RadioSelect, required=False
    )
    next_review_on = forms.DateField(
        label=_("Next review"),
        help_text=_("At the latest in a year, and before anything new is done with the data."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, (label, hint) in PARTS.items():
            self.fields[f"w-{key}"] = forms.CharField(
                label=label,
                help_text=hint,
                required=False,
                max_length=3000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
        for risk in RISKS:
            for what in ("likelihood", "impact"):
                self.fields[f"r-{risk.key}-{what}"] = forms.TypedChoiceField(
                    label=_("Likelihood") if what == "likelihood" else _("Impact"),
                    choices=[("", "—"), *RATINGS],
                    coerce=int,
                    empty_value=None,
                    required=False,
                )
            self.fields[f"r-{risk.key}-note"] = forms.CharField(
                label=_("Own measure or remark"),
                required=False,
                max_length=300,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    @property
    def words(self) -> dict[str, str]:
        return {key: self.cleaned_data[f"w-{key}"] for key in PARTS}

    @property
    def ratings(self) -> dict[str, dict[str, Any]]:
        return {
            risk.key: {what: self.cleaned_data[f"r-{risk.key}-{what}"] for what in ("likelihood", "impact", "note")}
            for risk in RISKS
        }

    def parts(self) -> list[forms.BoundField]:
        return [self[f"w-{key}"] for key in PARTS]

    def risks(self) -> list[tuple[Any, forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [
            (risk, self[f"r-{risk.key}-likelihood"], self[f"r-{risk.key}-impact"], self[f"r-{risk.key}-note"])
            for risk in RISKS
        ]


def first_values(assessment: Any) -> dict[str, Any]:
    """What the form shows of a draft."""
    values: dict[str, Any] = {
        "version": assessment.version,
        "conclusion": assessment.conclusion,
        "next_review_on": assessment.next_review_on,
        **{f"w-{key}": text for key, text in assessment.words.items()},
    }
    for key, rating in assessment.ratings.items():
        values |= {f"r-{key}-{what}": value for what, value in rating.items()}
    return values
