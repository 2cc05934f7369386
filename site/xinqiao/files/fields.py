"""The form's field for a paper: what comes out of it may be kept; what may not says why in one sentence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from xinqiao.files.errors import PaperRefused
from xinqiao.files.intake import ACCEPT, MAX_BYTES, SENTENCES, CleanPaper, clean_paper


class PaperField(forms.FileField):
    """A photo or a PDF, by the phone's camera or from the device. `cleaned_data` holds a CleanPaper, or None."""

    widget = forms.FileInput(attrs={"accept": ACCEPT})
    default_error_messages = {
        "required": _("Choose a photo or a PDF first."),
        "empty": SENTENCES["empty"],
        "missing": _("Choose a photo or a PDF first."),
        "invalid": _("Choose a photo or a PDF first."),
    }

    def clean(self, data: Any, initial: Any = None) -> CleanPaper | None:
        if data is not None and getattr(data, "size", 0) > MAX_BYTES:
            raise ValidationError(SENTENCES["large"], code="large")
        given = super().clean(data, initial)
        if not given:
            return None
        try:
            return clean_paper(given, given.name)
        except PaperRefused as refused:
            raise ValidationError(str(refused), code="refused") from refused


SealedFileField = PaperField
"""By the name of what is made of it."""


class AttachForm(forms.Form):
    paper = PaperField(
        label=_("Photo or PDF"),
        help_text=_("JPG, PNG, WebP or PDF, at most 10 MB and 50 pages. Place and device stay out of a photo."),
    )


class TakeAwayForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is taken away"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Such as: the wrong child's, or twice."),
    )
