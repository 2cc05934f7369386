"""Wagtail's admin for those who write: topics in the menu, and no shelf of files that readers on a phone cannot open."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from content.viewsets import topic_viewset

hooks.register("register_admin_viewset", lambda: topic_viewset)


@hooks.register("insert_global_admin_css")
def in_the_colours_of_the_house() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("content/admin.css"))


@hooks.register("construct_main_menu")
def hide_the_shelf_of_files(request: HttpRequest, items: list[Any]) -> None:
    """WeChat's browser shows no PDF: what parents should read is a page."""
    items[:] = [item for item in items if item.name != "documents"]


@hooks.register("construct_homepage_summary_items", order=1000)  # after Wagtail's own have put theirs in
def hide_the_count_of_files(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if "wagtaildocs" not in (getattr(item, "template_name", None) or "")]


@hooks.register("insert_editor_js")
def publishing_waits_for_the_draft() -> SafeString:
    return format_html('<script type="module" src="{}"></script>', static("content/editor-submit.js"))
