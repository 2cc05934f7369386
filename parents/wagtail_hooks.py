"""The parents' side of Wagtail's admin."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from parents.dashboard import WritingPanel
from parents.viewsets import article_listing

hooks.register("register_admin_viewset", lambda: article_listing)


@hooks.register("construct_homepage_panels")
def writing_comes_first(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(WritingPanel())
