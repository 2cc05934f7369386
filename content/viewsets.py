"""Screens in the admin for what is shared and is no page: the topics."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSet

from content.models import Topic


class TopicViewSet(ModelViewSet):
    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    menu_order = 120
    add_to_admin_menu = True
    list_display = ["name", "description", "position"]
    ordering = ["position", "name"]
    copy_view_enabled = False
    inspect_view_enabled = False
    exclude_form_fields: list[str] = []


topic_viewset = TopicViewSet("topics")
