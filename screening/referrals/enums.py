"""States of referrals, the moves between them, and the sets that rules speak of."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReferralState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    AWAITING_CONSENT = "awaiting_consent", _("Waiting for consent")
    CONSENT_REFUSED = "consent_refused", _("Consent refused")
    SENT = "sent", _("Letter issued")
    ACCEPTED = "accepted", _("Accepted by the hospital")
    DECLINED = "declined", _("Declined by the hospital")
    RE_REFERRED = "re_referred", _("Sent on to another hospital")
    RETURNED = "returned", _("Returned")
    ATTENDED = "attended", _("Seen by the hospital")
    NO_SHOW = "no_show", _("Did not go")
    FEEDBACK_RECEIVED = "feedback_received", _("Feedback received")
    WITHDRAWN = "withdrawn", pgettext_lazy("referral", "Withdrawn")
    CLOSED = "closed", pgettext_lazy("referral", "Closed")


_S = ReferralState
REFERRAL_MOVES = [
    (_S.DRAFT, _S.AWAITING_CONSENT),
    (_S.DRAFT, _S.SENT),  # the emergency path
    (_S.DRAFT, _S.WITHDRAWN),
    (_S.AWAITING_CONSENT, _S.SENT),
    (_S.AWAITING_CONSENT, _S.CONSENT_REFUSED),
    (_S.AWAITING_CONSENT, _S.WITHDRAWN),
    (_S.CONSENT_REFUSED, _S.AWAITING_CONSENT),
    (_S.CONSENT_REFUSED, _S.SENT),  # the emergency path
    (_S.CONSENT_REFUSED, _S.CLOSED),
    (_S.SENT, _S.ACCEPTED),
    (_S.SENT, _S.DECLINED),
    (_S.SENT, _S.RE_REFERRED),
    (_S.SENT, _S.RETURNED),
    (_S.SENT, _S.ATTENDED),
    (_S.SENT, _S.NO_SHOW),
    (_S.SENT, _S.WITHDRAWN),
    (_S.ACCEPTED, _S.ATTENDED),
    (_S.ACCEPTED, _S.NO_SHOW),
    (_S.ACCEPTED, _S.RE_REFERRED),
    (_S.ACCEPTED, _S.WITHDRAWN),
    (_S.NO_SHOW, _S.ACCEPTED),
    (_S.NO_SHOW, _S.CLOSED),
    (_S.ATTENDED, _S.FEEDBACK_RECEIVED),
    (_S.FEEDBACK_RECEIVED, _S.CLOSED),
    (_S.DECLINED, _S.CLOSED),
    (_S.RE_REFERRED, _S.CLOSED),
    (_S.RETURNED, _S.CLOSED),
    (_S.WITHDRAWN, _S.CLOSED),
]
BEFORE_THE_LETTER = frozenset({_S.DRAFT.value, _S.AWAITING_CONSENT.value, _S.CONSENT_REFUSED.value})
ENDED = frozenset({_S.CLOSED.value, _S.WITHDRAWN.value})
SAYS_WHAT_CAME_OF_IT = frozenset({_S.FEEDBACK_RECEIVED.value, _S.CLOSED.value, _S.WITHDRAWN.value})
NOTHING_LEAVES = frozenset({_S.WITHDRAWN.value, _S.CLOSED.value})
"""In these states the letter is not given out any more."""
WAITING_FOR_HOSPITAL = frozenset({_S.SENT.value})
ANSWERED_BY_HOSPITAL = tuple(to for frm, to in REFERRAL_MOVES if frm == _S.SENT and to != _S.WITHDRAWN)


def next_states(state: str) -> list[ReferralState]:
    """What may be recorded next by hand; issuing the letter and the consent have their own functions."""
    own = {_S.SENT, _S.AWAITING_CONSENT, _S.CONSENT_REFUSED}
    return [to for frm, to in REFERRAL_MOVES if frm == state and to not in own]
