"""What the frame of every page needs: the places that this person may go, and which of them this page lies in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.school.sight import works_with_children

# label, address, icon, and for whom: any one of these capabilities, or a question about the person
_PLACES: list[tuple[Any, str, str, tuple[C, ...] | Callable[[Any], bool]]] = [
    (_("Today"), "/workspace/", "today", (C.READ_CASE, C.READ_COUNTS)),
    (_("Screening"), "/screening/", "list", (C.FILL_FIRST_PASS, C.READ_COMPLETION)),
    (_("Cases"), "/cases/", "people", (C.READ_CASE,)),
    (pgettext_lazy("place", "Consents"), "/consents/", "check", (C.READ_CONSENT,)),
    (_("Training"), "/training/", "cap", (C.LEARN, C.READ_TRAINING_COMPLETION)),
    (pgettext_lazy("place", "Directory"), "/directory/", "people", works_with_children),
    (_("Trail"), "/audit/", "lock", (C.READ_AUDIT,)),
    (pgettext_lazy("place", "Emergency"), "/audit/break-glass/", "lock", (C.BREAK_GLASS,)),
    (pgettext_lazy("place", "My child"), "/family/", "people", (C.ANSWER_CONSENT,)),
    (pgettext_lazy("place", "Editing"), "/admin/", "file", (C.EDIT_CONTENT, C.MANAGE_TRAINING, C.ADMINISTER)),
]
_PUBLIC = [
    (_("Home"), "/", "home"),
    (_("Parent school"), "/parents/", "book"),
    (_("Teacher training"), "/training/", "cap"),
    (_("Search"), "/search/", "search"),
    (_("Help now"), "/help/", "heart"),
]
# Addresses that lie in a place without beginning like it.
_LIES_IN = {
    "/screening/": ("/assessments/",),
    "/cases/": ("/referrals/", "/records/"),
    "/consents/": ("/privacy/manage/", "/privacy/assessment/"),
}
_ON_A_PHONE = 5


def page_frame(request: HttpRequest) -> dict[str, object]:
    """`places` for the top bar, `phone_places` for the bar at the bottom; each with label, url, icon, current."""
    user = getattr(request, "user", None)
    duties: list[tuple[Any, str, str]] = []
    if user is not None and user.is_authenticated:
        duties = [(label, url, icon) for label, url, icon, whose in _PLACES if _is_for(user, whose)]
    shown = [*duties, _PUBLIC[1]] if duties else _PUBLIC[:3]
    on_phone = [*duties[:3], _PUBLIC[1], _PUBLIC[4]] if duties else _PUBLIC
    return {
        "places": [_place(request.path, *place) for place in shown],
        "phone_places": [_place(request.path, *place) for place in on_phone[:_ON_A_PHONE]],
        "DEMO": settings.DEMO,
        "languages": settings.LANGUAGES,
    }


def _is_for(user: Any, whose: tuple[C, ...] | Callable[[Any], bool]) -> bool:
    return whose(user) if callable(whose) else any(may(user, capability) for capability in whose)


def _place(path: str, label: Any, url: str, icon: str) -> dict[str, object]:
    current = path == url if url == "/" else path.startswith((url, *_LIES_IN.get(url, ())))
    return {"label": label, "url": url, "icon": icon, "current": current}
