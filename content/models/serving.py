"""How public pages go out: asked for anew each time, kept by nobody where a person is logged in."""

import hashlib

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, quote_etag


class PublicPageMixin:
    """For Wagtail pages that anyone may read. Put it before `Page`."""

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().serve(request, *args, **kwargs)
        if request.user.is_authenticated:
            patch_cache_control(response, private=True, no_cache=True)
            return response
        # Anyone may keep a copy but must ask whether it is still true: a published change shows at once.
        patch_cache_control(response, public=True, no_cache=True)
        if not hasattr(response, "add_post_render_callback"):
            return response
        response.render()
        response["ETag"] = quote_etag(hashlib.blake2b(response.content, digest_size=12).hexdigest())
        return get_conditional_response(request, etag=response["ETag"], response=response)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Shown in a frame of our own editor, and there only."""
        response = super().serve_preview(request, mode_name)
        response._csp_replace = {"frame-ancestors": [SELF]}
        return response
