"""Our page in Wagtail's admin."""

from wagtail import hooks

from tasks.admin_views import outbox_viewset

hooks.register("register_admin_viewset", lambda: outbox_viewset)
