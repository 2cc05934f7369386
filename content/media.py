"""Pictures as files: sizes made for pages go to everyone, originals to those who edit. Nothing else lies under /media/."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability

A_DAY = 24 * 3600


@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """A size made from a picture. The picture itself was made anew when it came in, so this is only pixels."""
    return _file(request, f"images/{name}", public=True)


@require_safe
@login_required
def original(request: HttpRequest, name: str) -> HttpResponseBase:
    """The picture as stored, for people who edit."""
    require(request.user, Capability.EDIT_CONTENT)
    return _file(request, f"original_images/{name}", public=False)


def _file(request: HttpRequest, path: str, *, public: bool) -> HttpResponseBase:
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    patch_cache_control(response, **({"public": True, "max_age": A_DAY} if public else {"private": True}))
    return response
