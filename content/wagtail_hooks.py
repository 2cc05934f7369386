"""Wagtail's admin for those who write: topics in the menu, and no shelf of files that readers on a phone cannot open."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from content.viewsets import topic_viewset

hooks.register("register_admin_viewset", lambda: topic_viewset)


@hooks.register("construct_main_menu")
def hide_the_shelf_of_files(request: HttpRequest, items: list[Any]) -> None:
    """WeChat's browser shows no PDF: what parents should read is a page."""
    items[:] = [item for item in items if item.name != "documents"]


@hooks.register("construct_homepage_summary_items")
def hide_the_count_of_files(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if "wagtaildocs" not in item.template_name]
