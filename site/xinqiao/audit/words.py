"""What each act on the trail is called on the page. An act without a word here is shown by its own dotted name."""

from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Names only: the trail knows no app above it, but whoever reads it shall not meet dotted verbs.
ACTIONS = {
    "access.refused": _("Was refused"),
    "appointment.end": _("Ended a duty"),
    "appointment.give": _("Gave a duty"),
    "appointment.withdraw": _("Withdrew a duty"),
    "assessment.begin": _("Began an assessment"),
    "assessment.complete": _("Completed an assessment"),
    "assessment.pick": _("Chose a child for assessment"),
    "assessment.read_narrative": _("Read an assessment"),
    "audit.read": _("Read this trail"),
    "audit.read_child": _("Looked who saw a child's records"),
    "break_glass.end": _("Ended an emergency reading"),
    "break_glass.open": _("Opened a story in an emergency"),
    "break_glass.seen": _("Has seen an emergency reading"),
    "access_request.ask": _("Asked who has seen the records"),
    "access_request.decline": _("Declined to say who has seen the records"),
    "access_request.read": _("Read the answer to who has seen the records"),
    "access_request.release": _("Answered who has seen the records"),
    "access_request.take_back": _("Took a question back"),
    "audit.explain": _("Looked what a person can see"),
    "case.ask_to_lower": _("Asked to lower a high level"),
    "case.closed": _("Closed a case"),
    "case.monitoring": _("Took a case into monitoring"),
    "case.change_level": _("Changed a case's level"),
    "case.export": _("Printed a case"),
    "case.export_list": _("Exported the list of cases"),
    "case.hand_over": _("Handed a case over"),
    "case.keep_high": _("Kept a level high"),
    "case.lower": _("Confirmed a lower level"),
    "case.open": _("Opened a case"),
    "case.read_narrative": _("Read a case's narrative"),
    "case.write": _("Wrote in a case"),
    "consent.given": _("Recorded a consent"),
    "consent.refused": _("Recorded a refused consent"),
    "consent.request": _("Asked for consent"),
    "consent.withdraw": _("Recorded a withdrawn consent"),
    "crisis.declare": _("Declared a crisis"),
    "crisis.declared": _("Ran the emergency protocol again"),
    "crisis.handed_over": _("Handed the emergency protocol over"),
    "crisis.safe": _("Recorded that the child is safe"),
    "crisis.step": _("Recorded a step of the emergency protocol"),
    "crisis.stood_down": _("Ended the emergency protocol"),
    "file.attach": _("Attached a paper"),
    "file.bring_back": _("Brought an attached paper back"),
    "file.destroy": _("Destroyed an attached paper"),
    "file.export": _("Downloaded an attached paper"),
    "file.read": _("Read an attached paper"),
    "file.take_away": _("Took an attached paper away"),
    "first_pass.confirm_group": _("Confirmed that others were considered"),
    "first_pass.submit": _("Submitted a first pass"),
    "follow_up.done": _("Recorded a follow-up"),
    "follow_up.plan": _("Planned a follow-up"),
    "keys.rotate": _("Renewed the encryption of records"),
    "login.done": _("Logged in"),
    "login.ended": _("Logged out"),
    "login.failed": _("A login failed"),
    "login.too_many_tries": _("Logins were stopped for a while"),
    "outbox.retry": _("Sent a failed message again"),
    "person.change": _("Changed a person"),
    "person.enter": _("Entered a person"),
    "referral.export": _("Downloaded a referral letter"),
    "referral.issue": _("Issued a referral letter"),
    "referral.move": _("Moved a referral on"),
    "referral.read": _("Read a referral letter"),
    "referral.start": _("Began a referral"),
    "referral.write": _("Wrote in a referral"),
    "response.amend": _("Amended a submitted form"),
    "response.mark_critical": _("Marked a sign that needs help at once"),
    "roster.import": _("Imported a roster"),
    "roster.upload": _("Handed in a roster"),
    "round.close": _("Closed a round"),
    "round.move_due_day": _("Moved a round's last day"),
    "round.open": _("Opened a round"),
    "round.remind": _("Reminded classes of the first pass"),
    "training.age": _("Certificates came to their end"),
    "training.certify": _("Got a certificate"),
    "training.change_due": _("Changed a course's last day"),
    "training.enrol": _("Enrolled people in a course"),
    "training.export_completion": _("Exported who has completed training"),
    "training.finish_lesson": _("Finished a lesson"),
    "training.revoke": _("Revoked a certificate"),
    "training.start_quiz": _("Began a quiz"),
    "training.submit_quiz": _("Submitted a quiz"),
}

_FACTS = {
    "break_glass": _("in an emergency reading"),
    "told": _("people told"),
    "withheld": _("kinds kept back"),
    "created": pgettext_lazy("children of a roster", "entered"),
    "updated": pgettext_lazy("children of a roster", "changed"),
    "unchanged": pgettext_lazy("children of a roster", "unchanged"),
    "left": pgettext_lazy("children of a roster", "left"),
    "address": _("address"),
    "cycle": _("cycle"),
    "course": _("course"),
    "due": _("due"),
    "fields": _("fields"),
    "from": pgettext_lazy("before a change", "from"),
    "kind": _("kind"),
    "late_days": _("days late"),
    "late_minutes": _("minutes late"),
    "lesson": _("lesson"),
    "level": _("level"),
    "determined": _("determined"),
    "signs": _("signs"),
    "suggested": _("suggested"),
    "overruled": _("other than suggested"),
    "emergency": _("emergency"),
    "method": _("method"),
    "number": pgettext_lazy("of an attempt", "number"),
    "passed": _("passed"),
    "rows": _("rows"),
    "score": _("score"),
    "step": _("step"),
    "to": pgettext_lazy("after a change", "to"),
    "table": _("table"),
    "version": _("version"),
    "view": _("page"),
    "children": _("children concerned"),
    "classes": _("classes concerned"),
    "keys": _("record keys"),
    "form": pgettext_lazy("of what was taken out", "form"),
    "bytes": _("bytes"),
    "how": pgettext_lazy("of a consent", "how"),
    "text": _("version of the words"),
    "consent": _("consent"),
    "revision": _("revision"),
    "before": _("the one before"),
    "items": _("which signs"),
    "because": _("because"),
}

_VALUES = {
    True: _("yes"),
    False: _("no"),
    "general": _("General concern"),
    "priority": _("Priority concern"),
    "high": _("High-risk concern"),
    "none": _("No sign of concern"),
    "unknown": _("Cannot say yet"),
    "away": _("no counselor reachable"),
    "missing": _("child missing"),
    "print": pgettext_lazy("form", "on paper"),
    "pdf": "PDF",
    "picture": pgettext_lazy("form", "as a picture"),
    "in_person": _("in person"),
    "phone": _("by telephone"),
    "paper": _("signed on paper"),
    "safety": _("an adult with the child"),
    "guardian": _("contact with the guardian"),
    "group": _("the crisis group"),
    "plan": _("safety arrangement"),
    "hospital": _("decision about a hospital"),
    "open": pgettext_lazy("state of a case", "being helped"),
    "monitoring": pgettext_lazy("state of a case", "followed up"),
    "closed": pgettext_lazy("state", "closed"),
    "draft": pgettext_lazy("state", "draft"),
    "awaiting_consent": _("waiting for consent"),
    "consent_refused": _("consent refused"),
    "sent": _("letter issued"),
    "accepted": _("accepted by the hospital"),
    "declined": _("declined by the hospital"),
    "re_referred": _("sent on to another hospital"),
    "returned": pgettext_lazy("state", "returned"),
    "attended": _("seen by the hospital"),
    "no_show": _("did not go"),
    "feedback_received": _("feedback received"),
    "withdrawn": pgettext_lazy("state", "withdrawn"),
    "case-paper": _("paper of a case"),
    "referral-feedback": _("paper from the hospital"),
    "consent-evidence": _("signed consent"),
    "removed": _("its time was over"),
    "erased": _("the child's file was erased"),
}


def action_name(action: str) -> str:
    """The act in the page's language."""
    return str(ACTIONS.get(action, action))


def facts_in_words(details: dict[str, Any]) -> str:
    """The facts of an act, each with its name; what has no word is shown as it stands."""
    order = list(_FACTS)  # the database keeps no order of its own: "from" is said before "to"
    names = sorted(details, key=lambda name: order.index(name) if name in _FACTS else len(order))
    return _("; ").join(f"{_FACTS.get(name, name)} {_value(details[name])}" for name in names)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return _(", ").join(map(_value, value))
    if isinstance(value, dict):
        return _(", ").join(f"{name} {_value(of)}" for name, of in value.items())
    # 1 and True are one key of a dictionary, and two facts.
    return str(_VALUES.get(value, value)) if isinstance(value, bool | str) else str(value)


def kind_name(label: str) -> str:
    """What kind of record `app.model` is, in the page's language; nothing for an act without a record."""
    if not label:
        return ""
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name))
    except LookupError:  # the record's model is gone; the trail outlives it
        return label
