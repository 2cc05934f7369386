"""Forms of the directory's pages."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.school.children.facts import FIELDS
from xinqiao.school.children.finding import ALL, HERE, LEFT, Wanted
from xinqiao.school.models import Guardianship, School, SchoolClass, Student
from xinqiao.school.moves.models import LeaveReason
from xinqiao.school.roster import cells
from xinqiao.school.sight import Sight
from xinqiao.school.terms.forms import DateInput

GRADES = [(number, number) for number in range(1, 7)]


def classes_of(school: School) -> QuerySet[SchoolClass]:
    """The classes that may be offered."""
    return SchoolClass.objects.filter(grade__school=school, closed_on=None).select_related("grade")


def _as_in_a_roster(read: Callable[[str], str], text: str) -> str:
    """What is typed here is held against the same rules as a cell of a roster."""
    try:
        return read(text)
    except cells.Unreadable as error:
        raise forms.ValidationError(str(error)) from error


class NameField(forms.CharField):
    """A person's name: rare characters stay as they are, blanks that only align it go."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value: Any) -> str:
        return _as_in_a_roster(cells.person_name, super().clean(value))


class DayForm(forms.Form):
    """The first day on which it holds."""

    on = forms.DateField(
        label=_("From which day"),
        widget=DateInput,
        help_text=_("The first day on which it holds. A day to come takes effect by itself."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate


class ChangeClassForm(DayForm):
    to = forms.ModelChoiceField(SchoolClass.objects.none(), label=_("Into which class"))

    field_order = ["to", "on"]

    def __init__(self, *args: Any, student: Student, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = classes_of(student.school).exclude(pk=student.current_class_id)


class LeaveForm(DayForm):
    reason = forms.ChoiceField(label=_("Why"), choices=[("", _("Please choose")), *LeaveReason.choices])

    field_order = ["reason", "on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].help_text = _("The first day on which the child is no longer here.")


class FactsForm(forms.Form):
    """Name, number, sex, birthday."""

    name = NameField(label=_("Child's name"))
    number = forms.CharField(
        label=_("School number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "num"}),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Student.Sex.choices)
    born_on = forms.DateField(label=_("Date of birth"), widget=DateInput, required=False)

    def clean_number(self) -> str:
        return _as_in_a_roster(cells.school_number, self.cleaned_data["number"])

    def clean_born_on(self) -> datetime.date | None:
        day = self.cleaned_data["born_on"]
        today = timezone.localdate()
        if day is not None and not today.year - 25 <= day.year <= today.year:
            raise forms.ValidationError(_("Look at the year: this cannot be a child's birthday."))
        return day


class FactsChangeForm(FactsForm):
    """The same, with what was shown when the page was opened."""

    shown_name = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_number = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_sex = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_born_on = forms.DateField(widget=forms.HiddenInput, required=False)

    def shown(self) -> dict[str, Any]:
        return {name: self.cleaned_data[f"shown_{name}"] for name in FIELDS}


class JoinForm(FactsForm):
    """A child who was never here."""

    school_class = forms.ModelChoiceField(SchoolClass.objects.none(), label=_("Class"))
    on = forms.DateField(label=_("From which day"), widget=DateInput)

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sex"].choices = [("", _("Please choose")), *Student.Sex.choices]
        self.fields["born_on"].help_text = _("With it, a child who was here before is recognised.")
        self.fields["school_class"].queryset = classes_of(school)
        self.fields["on"].initial = timezone.localdate


class GuardianForm(forms.Form):
    name = NameField(label=pgettext_lazy("person", "Name"))
    relation = forms.ChoiceField(label=_("Relation"), choices=Guardianship.Relation.choices)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel", "class": "num"}),
    )

    def clean_phone(self) -> str:
        return _as_in_a_roster(cells.telephone, self.cleaned_data["phone"])


class GuardianChangeForm(GuardianForm):
    """The same, with what was shown: a telephone is not sent twice, so its mark is compared."""

    shown_name = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_relation = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_phone = forms.CharField(widget=forms.HiddenInput, required=False)

    def shown(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"shown_{name}"] for name in ("name", "relation", "phone")}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Decision"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Court, date and number of the decision. Kept encrypted; only who keeps the directory reads it."),
    )


class NarrowForm(forms.Form):
    """What the list of children is narrowed to; whatever is not understood is left out."""

    grade = forms.TypedChoiceField(label=_("Grade"), required=False, coerce=int, empty_value=None)
    school_class = forms.ModelChoiceField(
        SchoolClass.objects.none(), label=_("Class"), required=False, empty_label=_("All classes")
    )
    state = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[(HERE, _("In a class")), (LEFT, _("Left, or in no class")), (ALL, _("All"))],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("class", _("By class")), ("name", _("By name")), ("number", _("By number"))],
    )

    def __init__(self, *args: Any, sight: Sight, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = list(sight.classes().running().select_related("grade"))
        grades = {each.grade.number: str(each.grade) for each in classes}
        self.fields["grade"].choices = [("", _("All grades")), *sorted(grades.items())]
        self.fields["school_class"].queryset = sight.classes()
        self.fields["school_class"].choices = [("", _("All classes")), *((each.pk, str(each)) for each in classes)]
        if not sight.is_whole_school:
            del self.fields["state"]
        if not sight.facts:
            self.fields["sort"].choices = self.fields["sort"].choices[:2]
        if len(classes) < 2:
            del self.fields["school_class"], self.fields["grade"]

    @property
    def wanted(self) -> Wanted:
        """What was understood of it."""
        self.is_valid()
        data = self.cleaned_data
        school_class = data.get("school_class")
        return Wanted(
            grade=data.get("grade"),
            school_class=school_class.pk if school_class else None,
            state=data.get("state") or HERE,
            sort=data.get("sort") or "class",
        )


class OpenClassForm(forms.Form):
    grade = forms.TypedChoiceField(label=_("Grade"), choices=GRADES, coerce=int)
    number = forms.IntegerField(label=_("Class"), min_value=1, max_value=99)


class MergeForm(DayForm):
    into = forms.ModelChoiceField(SchoolClass.objects.none(), label=_("Into which class"))

    field_order = ["into", "on"]

    def __init__(self, *args: Any, school_class: SchoolClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        same_grade = classes_of(school_class.grade.school).filter(grade=school_class.grade_id)
        self.fields["into"].queryset = same_grade.exclude(pk=school_class.pk)


class SplitForm(DayForm):
    number = forms.IntegerField(label=_("Number of the new class"), min_value=1, max_value=99)
    children = forms.ModelMultipleChoiceField(
        Student.objects.none(), label=_("Who goes into the new class"), widget=forms.CheckboxSelectMultiple
    )

    field_order = ["number", "on", "children"]

    def __init__(self, *args: Any, school_class: SchoolClass, sight: Sight, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        children = sight.students().filter(current_class=school_class).order_by("number")
        self.fields["children"].queryset = children
        self.fields["children"].label_from_instance = lambda child: f"{child.number} {child.name}"
