"""How the principal answers a guardian's question."""

from django import forms
from django.utils.translation import gettext_lazy as _

from xinqiao.audit.access_requests import SHORTEST_ANSWER, SayWhy
from xinqiao.audit.plain_words import KEPT_BACK, Kind


class ReleaseForm(forms.Form):
    """What is kept back, and a word with the answer."""

    withheld = forms.MultipleChoiceField(
        label=_("Kept back"),
        help_text=_(
            "Ticked kinds are not told, nor that there are any. Take a tick away only for what you have talked about with this guardian."
        ),
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=sorted(kind.value for kind in KEPT_BACK),
    )
    words = forms.CharField(
        label=_("Words to the guardian"),
        help_text=_("May stay empty. No level, no story."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )


class DeclineForm(forms.Form):
    """Why it is not answered, in words that the guardian reads."""

    words = forms.CharField(
        label=_("Why, in words to the guardian"),
        help_text=_("Only where an answer would endanger the child or a law forbids it. Say whom they can talk with."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages={"required": SayWhy.sentence},
    )

    def clean_words(self) -> str:
        words = self.cleaned_data["words"].strip()
        if len(words) < SHORTEST_ANSWER:
            raise forms.ValidationError(SayWhy.sentence)
        return words
