"""How public pages go out: asked for anew each time, kept by nobody where a person is logged in."""

import hashlib

from csp.constants import SELF
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, quote_etag
from wagtail.models import Page
from wagtail.url_routing import RouteResult


class PublicPageMixin:
    """For Wagtail pages that anyone may read. Put it before `Page`."""

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """The page below that the address names. One query finds all levels; Wagtail's own asks twice for each.

        Where a page on the way has a `route` of its own, Wagtail's way is taken.
        """
        if len(path_components) < 2:
            return super().route(request, path_components)
        below = Page.objects.descendant_of(self).filter(
            depth__lte=self.depth + len(path_components), slug__in=path_components
        )
        by_place = {(page.path[: -page.steplen], page.slug): page for page in below}
        page = self
        for slug in path_components:
            if page is not self and page.specific_class.route not in (PublicPageMixin.route, Page.route):
                return super().route(request, path_components)
            page = by_place.get((page.path, slug))
            if page is None:
                raise Http404
        return page.specific.route(request, [])

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
