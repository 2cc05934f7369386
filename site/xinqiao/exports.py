"""What leaves the house with children in it: sealed with a password, marked with who, when and why. For every app.

How a page takes a list of children out (`screening/workspace/views/cases.py` is the smallest example):

1. Show `SealForm` with `{% field %}`. It brings a password of its own that is shown once, and asks for the purpose.
2. On a valid post, make the workbook: `neutral()` around every text of a cell, `mark_line()` in its first row; record
   the act on the trail with counts and `form.cleaned_data["purpose"]`, never with the password.
3. Answer with `sealed_download(workbook, password=..., filename=...)`: Excel and WPS ask for the password.

A password is never stored, logged or sent: whoever takes the file out writes it down or tells it by telephone.
"""

from __future__ import annotations

import datetime
import io
import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.db import models
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msoffcrypto.format.ooxml import OOXMLFile

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHORTEST_PASSWORD = 12
# Without those that look alike in print and those that are told wrong on the telephone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


class Purpose(models.TextChoices):
    """Why a list of children is taken out."""

    MEETING = "meeting", gettext_lazy("For the work group's meeting")
    COLLEAGUE = "colleague", gettext_lazy("For handing over to a colleague")
    DISTRICT = "district", gettext_lazy("Asked for by the authority")
    WORK = "work", gettext_lazy("For work on paper at school")
    OTHER = "other", gettext_lazy("Something else")


def new_password() -> str:
    """One that can be read out on the telephone; about 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _each in range(_GROUP)) for _group in range(_GROUPS))


class PasswordField(forms.CharField):
    """The password of a file: filled in already and shown, because it is seen only here. Never kept."""

    def __init__(self, **kwargs: Any) -> None:
        options = {
            "label": gettext_lazy("Password of the file"),
            "help_text": gettext_lazy(
                "Write it down now: it is shown only here, and we do not keep it. You may put another of at least 12"
                " characters. Pass it on by telephone, never with the file."
            ),
            "min_length": SHORTEST_PASSWORD,
            "max_length": 64,
            "strip": True,
            "widget": forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "num"}
            ),
        }
        super().__init__(**{**options, **kwargs})

    def validate(self, value: str) -> None:
        super().validate(value)
        CommonPasswordValidator().validate(value)
        if len(set(value)) < 5:
            raise forms.ValidationError(_("This password is too easy to guess."))
        if not value.isprintable():
            raise forms.ValidationError(_("Use only characters that everybody can type."))


class SealForm(forms.Form):
    """What is asked before a list of children leaves: why, and under which password."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What it is for"),
        choices=[("", gettext_lazy("Please choose")), *Purpose.choices],
        help_text=gettext_lazy("It stands on the record and in the file."),
    )
    password = PasswordField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial["password"] = new_password()


def mark_line(*, user: User, now: datetime.datetime, purpose: str) -> str:
    """The sentence at the head of a file: who took it out, when, what for, and where it may be kept."""
    words = {
        "who": str(user),
        "when": date_format(timezone.localtime(now), "Y-m-d H:i"),
        "why": str(Purpose(purpose).label),
    }
    return (
        _(
            "Taken out by %(who)s on %(when)s. %(why)s. Contains children's data: keep it in the school, do not pass it on."
        )
        % words
    )


def sealed_workbook(workbook: bytes, password: str) -> bytes:
    """The xlsx encrypted as Excel and WPS do it themselves: AES-256, the key from the password by 100,000 rounds."""
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt(password, target)
    return target.getvalue()


def sealed_download(workbook: bytes, *, password: str, filename: str) -> HttpResponse:
    """The answer that hands a sealed workbook to the browser; no cache keeps it. The name tells nothing of a child."""
    response = HttpResponse(sealed_workbook(workbook, password), content_type=XLSX)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    patch_cache_control(response, private=True, no_store=True)
    return response
