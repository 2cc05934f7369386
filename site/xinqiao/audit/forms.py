"""What the trail can be narrowed by."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.models import User
from xinqiao.audit.models import AuditEntry


class TrailFilter(forms.Form):
    """Person, act, day, and one record; all may stay empty."""

    actor = forms.ModelChoiceField(User.objects.none(), required=False, label=_("Who"), empty_label=_("Everybody"))
    action = forms.ChoiceField(required=False, label=_("What"))
    day = forms.DateField(required=False, label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    target = forms.CharField(
        required=False,
        max_length=40,
        label=_("Key of a record"),
    )

    def __init__(self, *args: Any, people: QuerySet[User], actions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actor"].queryset = people
        self.fields["action"].choices = [("", _("Every act")), *actions]

    def narrow(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The entries that fit what was filled in; what was filled in wrongly narrows to nothing."""
        if not self.is_valid():
            return entries.none()
        chosen = self.cleaned_data
        if chosen["actor"]:
            entries = entries.filter(actor=chosen["actor"])
        if chosen["action"]:
            entries = entries.filter(action=chosen["action"])
        if chosen["day"]:
            entries = entries.filter(at__date=chosen["day"])
        if chosen["target"]:
            entries = entries.filter(target_id=chosen["target"].strip())
        return entries
