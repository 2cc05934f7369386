"""Wagtail's admin as a school needs it: fewer words, our screens for people, nothing that leads to another host."""

from typing import Any

from django.http import HttpRequest
from django.utils.encoding import force_str
from wagtail import hooks
from wagtail.admin.views import account
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from xinqiao.accounts.admin_home import AdministratorPanel
from xinqiao.accounts.people_admin import appointment_viewset, no_bulk_acts_on_people
from xinqiao.spreadsheets import neutral

# Reports and help are for people who run websites; the help's links lead to Wagtail's own site.
_HIDDEN_MAIN = {"reports", "help"}
# Groups follow duties; there is one site and one language; workflows are set up with the installation.
_HIDDEN_SETTINGS = {"groups", "sites", "locales", "workflows", "workflow-tasks"}
_HIDDEN_PANELS = {"whats_new_in_wagtail_version", "locked_pages"}

hooks.register("register_admin_viewset", lambda: appointment_viewset)
hooks.register("before_bulk_action", no_bulk_acts_on_people)


@hooks.register("construct_main_menu")
def keep_what_editors_need(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in _HIDDEN_MAIN]


@hooks.register("construct_settings_menu")
def keep_what_administrators_need(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in _HIDDEN_SETTINGS]


@hooks.register("construct_homepage_panels")
def keep_the_panels_that_help(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [panel for panel in panels if panel.name not in _HIDDEN_PANELS]
    panels.append(AdministratorPanel())


class NoNamePanel(account.NameEmailSettingsPanel):
    """A name stands on certificates and in the record: the school enters it, and there is no first and last one."""

    def is_active(self) -> bool:
        return False


# Wagtail's account page names its panels itself and offers no hook to leave one out.
account.NameEmailSettingsPanel = NoNamePanel


def _safe_cell(value: Any) -> Any:
    text = force_str(", ".join(value) if isinstance(value, list) else value, strings_only=True)
    return neutral(text) if isinstance(text, str) else text


# Wagtail writes what an editor typed into its CSV files as it stands, formulas too. Dates keep Wagtail's own treatment.
_SAFE = dict.fromkeys(SpreadsheetExportMixin.FORMATS, _safe_cell)
SpreadsheetExportMixin.custom_value_preprocess = {
    **SpreadsheetExportMixin.custom_value_preprocess,
    list: _SAFE,
    object: _SAFE,
}
