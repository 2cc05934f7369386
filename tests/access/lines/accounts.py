"""Logging in and out, and what follows a login."""

from tests.access.matrix import LET_IN, Line, everyone, logged_in

LINES = [
    # Who is logged in already is sent on to their place.
    Line("account_login", everyone(302).but("anonymous", inside=200)),
    Line("account_logout", logged_in().but("anonymous", inside=302)),
    Line("account_logout", everyone(LET_IN), method="post"),
    Line("start", logged_in(302)),
]
