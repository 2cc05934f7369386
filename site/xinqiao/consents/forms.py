"""What is sent from the pages of consents."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xinqiao.consents.enums import BY_STAFF
from xinqiao.consents.kinds import KINDS
from xinqiao.school.models import Guardian, Guardianship, School, SchoolClass, Student

_LONGEST_EVIDENCE = 500


def _day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class DueForm(forms.Form):
    due_on = _day(label=_("Answer hoped for by"))

    def clean_due_on(self) -> datetime.date:
        if self.cleaned_data["due_on"] < timezone.localdate():
            raise forms.ValidationError(_("This day has passed already. Choose today or a later one."))
        return self.cleaned_data["due_on"]


class AskForm(DueForm):
    """Whom to ask: the whole school, or one class."""

    scope = forms.ChoiceField(label=_("Whom to ask"))
    field_order = ["scope", "due_on"]

    def __init__(self, *args: Any, schools: list[School], classes: list[SchoolClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places: dict[str, School | SchoolClass] = {f"school-{school.pk}": school for school in schools}
        self.places |= {f"class-{each.pk}": each for each in classes}
        self.fields["scope"].choices = [
            (key, _("The whole school") if isinstance(place, School) else str(place))
            for key, place in self.places.items()
        ]

    @property
    def place(self) -> School | SchoolClass:
        return self.places[self.cleaned_data["scope"]]


class _GuardianChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Guardian.objects.none(), **kwargs)
        self.relations: dict[Any, str] = {}

    def label_from_instance(self, guardian: Guardian) -> str:
        return f"{self.relations.get(guardian.pk, '')} · {guardian.name}"


class VoiceForm(forms.Form):
    """Who of the child's guardians said what, how and when. A guardian whom a court restricted is not offered."""

    guardian = _GuardianChoice(label=_("Guardian who answered"), empty_label=_("Choose a person"))
    how = forms.ChoiceField(label=_("How it was said"), choices=[(how.value, how.label) for how in BY_STAFF])
    answered_at = forms.DateTimeField(
        label=_("When it was said"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        help_text=_("Where the signed paper lies, or who heard the call."),
        max_length=_LONGEST_EVIDENCE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, student: Student, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["guardian"]
        ties = list(Guardianship.objects.filter(student=student, restricted=False))
        field.relations = {tie.guardian_id: str(tie.get_relation_display()) for tie in ties}
        field.queryset = Guardian.objects.filter(pk__in=list(field.relations)).order_by("name")

    def clean_answered_at(self) -> datetime.datetime:
        said, now = self.cleaned_data["answered_at"], timezone.now()
        if said > now + datetime.timedelta(minutes=5):
            raise forms.ValidationError(_("This time lies in the future."))
        # The field knows minutes: what is said in this one comes after what was written down in it.
        return now if said.replace(second=0, microsecond=0) == now.replace(second=0, microsecond=0) else said


class PaperForm(forms.Form):
    """The slips of a class: one day, one place where they lie, and an answer for each child whose slip came back."""

    signed_on = _day(label=_("Day on which they were signed"))
    evidence = forms.CharField(
        label=_("Where the signed papers lie"),
        max_length=_LONGEST_EVIDENCE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, waiting: dict[int, list[Guardianship]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        self.answers: dict[int, tuple[Guardian, bool]] = {}

    def clean_signed_on(self) -> datetime.date:
        if self.cleaned_data["signed_on"] > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future."))
        return self.cleaned_data["signed_on"]

    def clean(self) -> dict[str, Any]:
        for student, ties in self.waiting.items():
            said = self.data.get(f"a-{student}", "")
            if said not in {"yes", "no"}:
                continue
            chosen = self.data.get(f"g-{student}", "")
            guardian = next((tie.guardian for tie in ties if str(tie.guardian_id) == chosen), None)
            if guardian is None:
                self.add_error(None, _("Say for each child whose slip came back which guardian signed."))
                continue
            self.answers[student] = (guardian, said == "yes")
        if not self.answers and not self.errors:
            self.add_error(None, _("No slip is ticked yet."))
        return self.cleaned_data


class SafetyForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it cannot wait for a consent"),
        help_text=_(
            "What the danger is, and how you tried to reach the guardian. The school's leads are told at once."
        ),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TextForm(forms.Form):
    text = forms.CharField(
        label=_("What guardians are told"),
        help_text=_(
            "A line that begins with ## is a heading. Say who, what for, which data, who sees it, how long, and how to say no."
        ),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 24}),
    )
    asks_again = forms.TypedChoiceField(
        label=_("What happens to earlier answers"),
        choices=[
            ("no", _("They stay in force: only the words have changed")),
            ("yes", _("They end, and guardians are asked again: what is done with the data has changed")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    change = forms.CharField(
        label=_("What is different, in one sentence"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RequiredForm(forms.Form):
    required = forms.MultipleChoiceField(
        label=_("Nothing happens before a guardian has agreed"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["required"].choices = [(key, kind.key.label) for key, kind in KINDS.items() if kind.may_be_required]
