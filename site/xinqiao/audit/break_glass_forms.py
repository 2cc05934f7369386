"""What is asked before a story is opened in an emergency."""

from django import forms
from django.utils.translation import gettext_lazy as _

from xinqiao.audit.break_glass import SHORTEST_REASON, ReasonTooShort
from xinqiao.audit.break_glass_models import Emergency


class EmergencyForm(forms.Form):
    """Kind and reason; both are read by those who are told."""

    kind = forms.ChoiceField(
        label=_("What has happened"),
        choices=Emergency.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what has happened.")},
    )
    reason = forms.CharField(
        label=_("In your own words"),
        help_text=_(
            "Whom did you try to reach, and when? What do you need to know? The principal and the counselors read this."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages={"required": ReasonTooShort.sentence},
    )

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"].strip()
        if len(reason) < SHORTEST_REASON:
            raise forms.ValidationError(ReasonTooShort.sentence)
        return reason
