"""Production refuses to start while somebody can log in with the password that everybody knows."""

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, Q

from xinqiao.accounts.models import User

DEMO_PASSWORD = "xinqiao-demo"  # noqa: S105 - known on purpose
DEMO_LOGINS = (
    *("principal", "deputy", "moral", "counselor", "grade3", "homeroom"),
    *("teacher", "parent", "editor", "trainer", "admin", "district"),
)


def refuse_demo_password() -> None:
    """Look at the demo's logins and at every hash that two people share, as the demo's people do.

    Checking every single password would cost a third of a second each; a salted hash that is shared can only have been
    copied, and that is how the demo is loaded.

    Raises:
        ImproperlyConfigured: an active account has the demo's password; says how many, not which.
    """
    active = User.objects.filter(is_active=True)
    copied = active.values("password").annotate(people=Count("pk")).filter(people__gt=1).values("password")
    hashes = set(active.filter(Q(username__in=DEMO_LOGINS) | Q(password__in=copied)).values_list("password", flat=True))
    known = {stored for stored in hashes if check_password(DEMO_PASSWORD, stored)}
    if known:
        count = active.filter(password__in=known).count()
        raise ImproperlyConfigured(
            f"{count} active accounts have the demo's password, which everybody knows: change or close them first."
        )
