"""What each act on the trail is called on the page. An act without a word here is shown by its own dotted name."""

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "access.refused": _("Was refused"),
    "appointment.end": _("Ended a duty"),
    "appointment.give": _("Gave a duty"),
    "appointment.withdraw": _("Withdrew a duty"),
    "audit.read": _("Read this trail"),
    "login.done": _("Logged in"),
    "login.ended": _("Logged out"),
    "login.failed": _("A login failed"),
    "login.too_many_tries": _("Logins were stopped for a while"),
    "person.change": _("Changed a person"),
    "person.enter": _("Entered a person"),
}


def action_name(action: str) -> str:
    """The act in the page's language."""
    return str(ACTIONS.get(action, action))


def kind_name(label: str) -> str:
    """What kind of record `app.model` is, in the page's language; nothing for an act without a record."""
    if not label:
        return ""
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name))
    except LookupError:  # the record's model is gone; the trail outlives it
        return label
