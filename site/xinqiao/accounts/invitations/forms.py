"""Forms of inviting and of joining. None of them names a child: which child it is follows from the page or the code."""

from __future__ import annotations

import datetime
import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from xinqiao.accounts.invitations.make import DAYS
from xinqiao.accounts.models import User
from xinqiao.school.models import Guardianship
from xinqiao.school.phones import normal_phone

_RELATIONS = [("", _("Please choose")), *Guardianship.Relation.choices]


class DaysForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("Good for"),
        coerce=int,
        choices=[(n, ngettext_lazy("%(n)d day", "%(n)d days", n) % {"n": n}) for n in DAYS],
        initial=DAYS[1],
    )


class LettersForm(DaysForm):
    who = forms.ChoiceField(
        label=_("Letters for whom"),
        widget=forms.RadioSelect,
        choices=[
            ("missing", _("Children of whom nobody has joined")),
            ("everybody", _("The whole class, so that the second parent can join, too")),
        ],
        initial="missing",
    )
    field_order = ["who", "days"]


class MailForm(DaysForm):
    address = forms.EmailField(
        label=_("The guardian's e-mail"),
        help_text=_("The mail names no child. Its link is good for one person, who is asked the same two questions."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["address", "days"]


class JoinForm(forms.Form):
    """Code and facts in one go, so that an answer says nothing about either."""

    code = forms.CharField(
        label=_("Code from the letter"),
        max_length=64,
        help_text=_("Twelve letters and digits, such as ABCD-2345-EFGH. Small letters and blanks do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code-input"}
        ),
    )
    born_on = forms.DateField(
        label=_("The child's birthday"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    known_by = forms.CharField(
        label=_("Your telephone number as the school has it"),
        max_length=40,
        help_text=_("If the school has no number of your family: the child's school number."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "spellcheck": "false"}),
    )

    def clean_born_on(self) -> datetime.date:
        day = self.cleaned_data["born_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return day


class RelationForm(forms.Form):
    """For somebody who has an account: who they are to this child, where the school does not know."""

    relation = forms.ChoiceField(label=_("You are the child's"), choices=_RELATIONS)

    def __init__(self, *args: Any, knows_relation: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if knows_relation:
            del self.fields["relation"]


class AccountForm(RelationForm):
    """A new account of a guardian."""

    display_name = forms.CharField(
        label=_("Your name"), max_length=40, help_text=_("As the teachers know you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Your telephone number"),
        max_length=40,
        required=False,
        help_text=_("You can log in with it, and the school can reach you. It is kept encrypted."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    login = forms.CharField(
        label=_("Login name"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=_("E-mail, if you like"),
        required=False,
        help_text=_(
            "For a new password when you have forgotten it, and for word when something waits for your answer."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least ten characters: a sentence of your own, for example. Not your name or telephone number."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    agree = forms.BooleanField(
        label=_("I have read how the school handles this information, and want to join"),
        error_messages={
            "required": _("Without this no account is made. You need not join: nothing changes for the child.")
        },
    )
    field_order = ["relation", "display_name", "phone", "login", "email", "password1", "password2", "agree"]

    def __init__(self, *args: Any, knows_phone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.knows_phone = knows_phone
        if knows_phone:
            del self.fields["phone"]
            self.fields["login"].label = _("Login name, if you like")
            self.fields["login"].help_text = _("Leave it empty to log in with your telephone number.")
        else:
            self.fields["login"].help_text = _("Needed only if you give no telephone number.")

    def clean_display_name(self) -> str:
        return unicodedata.normalize("NFKC", self.cleaned_data["display_name"]).strip()

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        digits = normal_phone(typed)
        if typed and not 5 <= len(digits) <= 20:
            raise ValidationError(_("Please look at the number again."))
        return digits

    def clean_login(self) -> str:
        name = unicodedata.normalize("NFKC", self.cleaned_data["login"]).strip()
        if not name:
            return ""
        if not any(sign.isalpha() for sign in name) or any(sign in "@ +/" for sign in name):
            raise ValidationError(_("Please take a name with at least one letter or character, without blanks and @."))
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError(_("This name is taken. Please choose another one."))
        return name

    def clean_email(self) -> str:
        address = self.cleaned_data["email"]
        if address and User.objects.filter(email__iexact=address).exists():
            raise ValidationError(_("Another account uses this address. Log in with it, or leave this empty."))
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, second = data.get("password1"), data.get("password2")
        if not self.knows_phone and not data.get("phone") and not data.get("login") and not self.errors.get("login"):
            self.add_error("login", _("Please give a telephone number or a login name."))
        if first and second and first != second:
            self.add_error("password2", _("The two are not the same. Please type it once more."))
        elif first:
            person = User(username=data.get("login") or "", display_name=data.get("display_name") or "")
            try:
                validate_password(first, person)
            except ValidationError as error:
                self.add_error("password1", error)
            if data.get("phone") and data["phone"] in first:
                self.add_error("password1", _("Not your telephone number, please."))
        return data
