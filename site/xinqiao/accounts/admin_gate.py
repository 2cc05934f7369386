"""The door of Wagtail's admin: one login for everybody, a plain refusal for those without a duty there, its own CSP."""

from collections.abc import Callable
from urllib.parse import urlencode

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from xinqiao.accounts.second_factor import why_shut

# Films of other hosts: their chooser would make this server fetch whatever address is typed.
_NO_EMBEDS = "wagtailembeds"


class AdminGateMiddleware:
    """Stands after AuthenticationMiddleware.

    Wagtail itself sends a logged-in person without access to the login page, which would send them back, for ever.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.home = reverse("wagtailadmin_home")
        self.login = reverse("wagtailadmin_login")
        self.policy = build_policy(config=settings.ADMIN_CONTENT_SECURITY_POLICY)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(self.home):
            response.setdefault("Content-Security-Policy", self.policy)
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if not request.path.startswith(self.home):
            return None
        if not request.user.is_authenticated:
            if request.path == self.login:
                return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': self._next(request)})}")
            return None
        if not request.user.has_perm("wagtailadmin.access_admin") or why_shut(request.user):
            raise PermissionDenied
        if request.resolver_match is not None and request.resolver_match.namespace == _NO_EMBEDS:
            raise Http404
        return HttpResponseRedirect(self._next(request)) if request.path == self.login else None

    def _next(self, request: HttpRequest) -> str:
        wanted = request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        return wanted if safe else self.home
