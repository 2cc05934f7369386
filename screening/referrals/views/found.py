"""Finding a referral within a person's sight."""

import uuid

from django.shortcuts import get_object_or_404

from screening.referrals.models import Referral
from xinqiao.accounts.models import User


def referral_for(user: User, referral_id: uuid.UUID) -> Referral:
    """With all that its page and its letter show; 404 outside of sight."""
    return get_object_or_404(
        Referral.objects.visible_to(user).select_related(
            "case__school",
            "case__student__school",
            "case__student__current_class__grade",
            "consent__guardian",
            "consent__student",
            "consent__recorded_by",
            "minimum_checked_by",
            "second_told",
        ),
        pk=referral_id,
    )
