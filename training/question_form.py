"""What the editor of a question is told before it is saved: how many options are right, as they stand on the page now."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from training.enums import QuestionKind


class QuestionForm(WagtailAdminModelForm):
    """Here and not in the model, whose options are still the old ones while the form is checked."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        options = self.formsets["options"]
        if options.is_valid():  # else each option says what is wrong with it
            kept = [
                form.cleaned_data for form in options.forms if form.cleaned_data and form not in options.deleted_forms
            ]
            check_options(cleaned.get("kind", ""), right=sum(option["correct"] for option in kept), total=len(kept))
        return cleaned


def check_options(kind: str, *, right: int, total: int) -> None:
    """Whether so many options, so many of them right, fit the kind of question.

    Raises:
        ValidationError: with a sentence that says how to mend it.
    """
    if right == 0:
        raise ValidationError(_("Mark at least one option as right."))
    if kind != QuestionKind.MULTIPLE and right > 1:
        raise ValidationError(
            _("Only one option may be right here. Choose “Multiple choice”, or leave one option marked as right.")
        )
    if kind == QuestionKind.TRUE_FALSE and total != 2:
        raise ValidationError(_("A true-or-false question has exactly two options."))
