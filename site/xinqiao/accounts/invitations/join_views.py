"""`/accounts/join/`: for whoever holds a letter. Two facts first, then the account; nothing here says more than it must."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.core.internal.ratelimit import truncate_ip
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from xinqiao.accounts.invitations.codes import normal_code, shown
from xinqiao.accounts.invitations.errors import JoinRefused, NotAnyMore
from xinqiao.accounts.invitations.facts import Confirmed, check_facts
from xinqiao.accounts.invitations.forms import AccountForm, JoinForm, RelationForm
from xinqiao.accounts.invitations.join import NewAccount, join_anew, join_with
from xinqiao.accounts.invitations.models import Invitation
from xinqiao.accounts.models import User
from xinqiao.crypto.keyring import key_ring
from xinqiao.school.models import Guardian, Guardianship

_CODE, _CONFIRMED = "join_code", "join_confirmed"
_CONFIRMED_SECONDS = 30 * 60
_BOUND = "join.code"


@never_cache
@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """From the QR code or the mail: the code leaves the address at once, and waits sealed in the session."""
    plain = normal_code(code)
    if plain:
        request.session[_CODE] = key_ring().encrypt(plain, bound_to=_BOUND)
    return redirect("join")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Code and the two facts."""
    form = JoinForm(_posted(request), initial={"code": _code_in(request)})
    if request.method == "POST" and form.is_valid():
        try:
            confirmed = check_facts(
                **form.cleaned_data,
                address=truncate_ip(get_adapter().get_client_ip(request)),
                user=request.user if request.user.is_authenticated else None,
            )
        except JoinRefused as refused:
            form.add_error(None, str(refused))
        else:
            _remember(request, confirmed)
            return redirect("join_account")
    return render(request, "accounts/invitations/join.html", {"form": form}, status=422 if form.errors else 200)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _code_in(request: HttpRequest) -> str:
    sealed = request.session.get(_CODE, "")
    try:
        return shown(key_ring().decrypt(sealed, bound_to=_BOUND)) if sealed else ""
    except ValueError:  # sealed under a key that is gone
        return ""


def _remember(request: HttpRequest, confirmed: Confirmed) -> None:
    """For half an hour, in this browser. Whoever knew the session's name before does not know it now."""
    request.session.pop(_CODE, None)
    if not request.user.is_authenticated:
        request.session.cycle_key()
    request.session[_CONFIRMED] = {
        "invitation": str(confirmed.invitation.pk),
        "guardian": str(confirmed.guardian.pk) if confirmed.guardian else "",
        "at": int(time.time()),
    }


def _confirmed_in(request: HttpRequest) -> Confirmed:
    """What was confirmed here a short while ago.

    Raises:
        NotAnyMore
    """
    found = request.session.get(_CONFIRMED)
    if not found or time.time() - found["at"] > _CONFIRMED_SECONDS:
        raise NotAnyMore
    invitation = (
        Invitation.objects.select_related("student__school", "student__current_class__grade")
        .filter(pk=found["invitation"])
        .first()
    )
    guardian = Guardian.objects.filter(pk=found["guardian"]).first() if found["guardian"] else None
    if invitation is None or (found["guardian"] and guardian is None):
        raise NotAnyMore
    return Confirmed(invitation, guardian)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """With one's account, or a new one."""
    try:
        confirmed = _confirmed_in(request)
        tie = _tie_of(confirmed)
        return (_with_account if request.user.is_authenticated else _anew)(request, confirmed, tie)
    except JoinRefused as refused:
        request.session.pop(_CONFIRMED, None)
        messages.error(request, str(refused))
        return redirect("join")


def _tie_of(confirmed: Confirmed) -> Guardianship | None:
    ties = Guardianship.objects.filter(student=confirmed.invitation.student_id, guardian=confirmed.guardian)
    return ties.first() if confirmed.guardian else None


def _with_account(request: HttpRequest, confirmed: Confirmed, tie: Guardianship | None) -> HttpResponse:
    form = RelationForm(_posted(request), knows_relation=tie is not None)
    if request.method == "POST" and form.is_valid():
        join_with(confirmed=confirmed, relation=_relation(form, tie), user=request.user)
        request.session.pop(_CONFIRMED, None)
        messages.success(request, _("The child stands with your account now."))
        return redirect("family:home")
    return _page(request, "accounts/invitations/join_with.html", confirmed, form)


def _anew(request: HttpRequest, confirmed: Confirmed, tie: Guardianship | None) -> HttpResponse:
    knows_phone = bool(confirmed.guardian and confirmed.guardian.phone_index)
    form = AccountForm(_posted(request), knows_relation=tie is not None, knows_phone=knows_phone)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        chosen = NewAccount(
            display_name=given["display_name"],
            password=given["password1"],
            login=given["login"],
            phone=given.get("phone", ""),
            email=given["email"],
        )
        try:
            user = join_anew(confirmed=confirmed, relation=_relation(form, tie), account=chosen)
        except IntegrityError:  # two took the same name at the same moment
            form.add_error("login", _("This name is taken. Please choose another one."))
        else:
            return _log_in(request, user)
    return _page(request, "accounts/invitations/join_account.html", confirmed, form)


def _relation(form: RelationForm, tie: Guardianship | None) -> str:
    return tie.relation if tie is not None else form.cleaned_data["relation"]


def _page(request: HttpRequest, template: str, confirmed: Confirmed, form: Any) -> HttpResponse:
    context = {"form": form, "student": confirmed.invitation.student}
    return render(request, template, context, status=422 if form.errors else 200)


def _log_in(request: HttpRequest, user: User) -> HttpResponse:
    """As after any login: a new session, its stamps, and the trail."""
    request.session.pop(_CONFIRMED, None)
    messages.success(request, _("Welcome! Your account is there, and your child stands with it."))
    flows.login.record_authentication(request, user, method="password", username=user.username)
    return flows.login.perform_login(request, Login(user=user, redirect_url="/family/"))
