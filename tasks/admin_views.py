"""The outbox in Wagtail's admin: what waits, what was sent, what failed, and a button to try again."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies.base import BasePermissionPolicy

from tasks.enums import OutboxState
from tasks.handlers import kinds
from tasks.kinds import words_for
from tasks.models import OutboxMessage
from tasks.outbox import NotDead, retry
from xinqiao.accounts.access import may, require
from xinqiao.accounts.capabilities import Capability


class OutboxPolicy(BasePermissionPolicy):
    """Asks the table of capabilities and not Wagtail's groups. Nobody adds, changes or deletes messages by hand."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and may(user, Capability.READ_OUTBOX)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class OutboxFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=OutboxState.choices)
    kind = django_filters.ChoiceFilter(
        label=pgettext_lazy("message", "Kind"), choices=lambda: [(kind, words_for(kind)) for kind in kinds()]
    )

    def __init__(self, *args: Any, is_searching: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    class Meta:
        model = OutboxMessage
        fields: list[str] = []


class StateColumn(Column):
    """The state in words, with a colour that only repeats them."""

    cell_template_name = "tasks/admin/_state_cell.html"


class OutboxIndexView(generic.IndexView):
    """The list, with the counts above it."""

    model = OutboxMessage
    page_title = _("Messages and jobs")
    header_icon = "mail"
    template_name = "tasks/admin/outbox.html"
    index_url_name = "outbox:index"
    index_results_url_name = "outbox:index_results"
    inspect_url_name = "outbox:message"
    permission_policy = OutboxPolicy(OutboxMessage)
    any_permission_required = ["view"]
    default_ordering = "-created_at"
    paginate_by = 30
    is_searchable = True
    search_fields = ["key"]
    filterset_class = OutboxFilterSet
    is_export = False
    show_export_buttons = False

    def get_base_queryset(self) -> QuerySet[OutboxMessage]:
        return OutboxMessage.objects.visible_to(self.request.user).select_related("recipient").defer("payload")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column_class(TitleColumn)(
                "key", label=_("Message"), accessor="key", get_url=self.get_inspect_url, sort_key="key"
            ),
            Column(
                "kind",
                label=pgettext_lazy("message", "Kind"),
                accessor=lambda message: words_for(message.kind),
                width="12%",
            ),
            Column("recipient", label=_("For"), accessor=lambda message: message.recipient or "", width="12%"),
            StateColumn("state", label=_("State"), width="12%"),
            Column("tries", label=_("Tries"), sort_key="tries", width="7%"),
            Column("last_error", label=_("Last error"), width="24%"),
            DateColumn("created_at", label=pgettext_lazy("message", "Created"), sort_key="created_at", width="11%"),
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(*args, **kwargs), "counts": counts()}


def counts() -> list[dict[str, Any]]:
    """How many there are in each state, in the states' own order."""
    found = dict(OutboxMessage.objects.order_by().values_list("state").annotate(Count("pk")))
    address = reverse("outbox:index")
    return [
        {
            "state": state.value,
            "words": state.label,
            "number": found.get(state.value, 0),
            "address": f"{address}?state={state.value}",
        }
        for state in OutboxState
    ]


class MessageView(WagtailAdminTemplateMixin, TemplateView):
    """One message: all that may be known about it, and what can be done. Its payload is not shown."""

    template_name = "tasks/admin/message.html"
    header_icon = "mail"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(request.user, Capability.READ_OUTBOX)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def message(self) -> OutboxMessage:
        visible = OutboxMessage.objects.visible_to(self.request.user).select_related("recipient")
        return get_object_or_404(visible, pk=self.kwargs["message_id"])

    def get_page_title(self) -> str:
        return words_for(self.message.kind)

    def get_page_subtitle(self) -> str:
        return self.message.key

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("outbox:index"), "label": gettext("Messages and jobs")},
            {"url": "", "label": words_for(self.message.kind)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "message": self.message,
            "kind": words_for(self.message.kind),
            "can_retry": self.message.state == OutboxState.DEAD,
        }


@require_POST
def try_again(request: HttpRequest, message_id: Any) -> HttpResponse:
    """Press of the button: every try again for one dead message."""
    require(request.user, Capability.READ_OUTBOX)
    message = get_object_or_404(OutboxMessage.objects.visible_to(request.user), pk=message_id)
    try:
        retry(message=message, by=request.user)
    except NotDead:
        messages.warning(
            request, gettext("Nothing to do: this message has not failed, or is being tried again already.")
        )
    else:
        messages.success(request, gettext("It is being tried again. Look here again in a minute."))
    return HttpResponseRedirect(reverse("outbox:message", args=[message.pk]))


class OutboxMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may(request.user, Capability.READ_OUTBOX)


class OutboxViewSet(ViewSet):
    """Under /admin/outbox/. Not a ModelViewSet: nothing here is entered, edited or deleted."""

    name = url_namespace = "outbox"
    url_prefix = "outbox"
    icon = "mail"
    menu_label = _("Messages and jobs")
    menu_name = "outbox"
    menu_order = 640
    menu_item_class = OutboxMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", OutboxIndexView.as_view(), name="index"),
            path("results/", OutboxIndexView.as_view(results_only=True), name="index_results"),
            path("<uuid:message_id>/", MessageView.as_view(), name="message"),
            path("<uuid:message_id>/retry/", try_again, name="retry"),
        ]


outbox_viewset = OutboxViewSet()
