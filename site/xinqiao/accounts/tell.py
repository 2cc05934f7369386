"""A person is told by mail what was changed about their login, so that what they did not do themselves comes to light."""

from __future__ import annotations

import uuid
from typing import Any

from tasks.mail import queue_mail
from xinqiao.accounts.models import User

TEMPLATE = "accounts/security"


def tell(user: User, event: str, **facts: Any) -> None:
    """Order the mail in the caller's transaction. Who has no address reads it on the account page and on the trail."""
    if user.email and user.is_active:
        queue_mail(
            template=TEMPLATE,
            to=user,
            key=f"security:{event}:{user.pk}:{uuid.uuid4().hex}",
            context={"event": event, **facts},
        )
