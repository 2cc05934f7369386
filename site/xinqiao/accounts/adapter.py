"""How allauth behaves here: people are entered by the school, nobody signs up, and every login and failed try is on the record."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from xinqiao.accounts import known_browser
from xinqiao.accounts.groups import sync_groups
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record

_ONE_ENTRY_SECONDS = 60


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Today's duties decide about the editors' admin from the first page on."""
        sync_groups(user)
        record(actor=user, action="login.done", target=user, details={"address": self.get_client_ip(request)})
        response = super().post_login(request, user, **kwargs)
        known_browser.remember(request, response, user)
        return response

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who may no longer log in gets the same answer as a wrong password."""
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return user

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record(actor=request.user, action="login.ended", target=request.user)
        super().logout(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._record_failure(request, "login.too_many_tries", credentials)
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong tries are counted apart for a browser in which this person has logged in before."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        mark = known_browser.mark_of(request, self._meant(credentials))
        return f"{key}:{mark}" if mark else key

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._record_failure(request, "login.failed", credentials)

    def _record_failure(self, request: HttpRequest, action: str, credentials: dict[str, Any]) -> None:
        """Whose account and from where; never what was typed, which may be a password in the wrong box.

        One entry a minute for an account and address: whoever tries by the thousand shall not fill the trail.
        """
        person = self._meant(credentials)
        address = self.get_client_ip(request)
        if cache.add(f"audit:{action}:{person.pk if person else '-'}:{address}", True, _ONE_ENTRY_SECONDS):
            record(actor=None, action=action, target=person, details={"address": address})

    def _meant(self, credentials: dict[str, Any]) -> User | None:
        username, email = credentials.get("username"), credentials.get("email")
        if username:
            return User.objects.filter(username__iexact=username).first()
        return User.objects.filter(email__iexact=email).first() if email else None
