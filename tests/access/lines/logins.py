"""One's own account: password, second factors, sessions, other houses' logins; and confirming a colleague."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from tests.access.matrix import LET_IN, Line, everyone, logged_in, only
from tests.access.world import World
from tests.factories.accounts import person_with
from tests.factories.logins import waiting
from xinqiao.accounts.enums import Role

LEADERS = (Role.PRINCIPAL, Role.DEPUTY)


def prepare(world: World) -> None:
    """The homeroom teacher's other session; a colleague who waits, with a passkey, and one of another school."""
    homeroom = world.people[Role.HOMEROOM]
    session = UserSession.objects.create(pk=900_001, user=homeroom, ip="10.0.0.9", session_key="x" * 32, user_agent="")
    colleague = person_with(Role.COUNSELOR, school=world.school)
    stranger = person_with(Role.COUNSELOR, school=world.foreign_school)
    opener = person_with(Role.ADMINISTRATOR, school=world.school)
    passkey = Authenticator.objects.create(
        pk=900_001, user=colleague, type=Authenticator.Type.WEBAUTHN, data={"name": "手机", "credential": {}}
    )
    for person in (colleague, stranger):
        waiting(person, opener)
    world.put(passkey=passkey, other_session=session, waits=colleague, foreign_waits=stranger)


_EVERYBODYS_OWN = (
    *("me", "second_factor", "account_change_password", "mfa_activate_totp", "mfa_add_webauthn"),
    *("mfa_generate_recovery_codes", "account_reauthenticate"),
)
_NOT_THERE = everyone(404)
_HOUSES = ("dingtalk", "feishu", "wecom", "weixin")

LINES = [
    *(Line(name, logged_in(200)) for name in _EVERYBODYS_OWN),
    Line("account_change_password", logged_in(422), method="post"),
    Line("mfa_generate_recovery_codes", logged_in(LET_IN), method="post"),
    Line("account_reauthenticate", logged_in(200), method="post"),
    Line("mfa_index", everyone(302)),
    Line("mfa_list_webauthn", everyone(302)),
    # No recovery codes and no app are set up.
    Line("mfa_view_recovery_codes", logged_in(404)),
    Line("mfa_deactivate_totp", logged_in(404)),
    # Without an app the page leads to the way that there is.
    Line("mfa_reauthenticate", logged_in(302)),
    Line("mfa_reauthenticate_webauthn", logged_in(302)),
    # Before somebody is logged in.
    Line("mfa_authenticate", logged_in(302)),
    Line("mfa_login_webauthn", logged_in(302)),
    Line("account_inactive", everyone(200)),
    Line("account_reset_password", everyone(200)),
    Line("account_reset_password", everyone(422), method="post"),
    Line("password_forgotten_sent", everyone(200)),
    Line("password_by_mail", everyone(200), inside=lambda world: {"uidb64": "MQ", "token": "no-such-token"}),
    # One's own only; another person's does not exist.
    Line("mfa_remove_webauthn", logged_in(404), inside=lambda world: {"pk": world.passkey.pk}),
    Line(
        "end_session",
        logged_in(404).but(Role.HOMEROOM, inside=302),
        method="post",
        inside=lambda world: {"session_id": world.other_session.pk},
    ),
    Line("end_session", logged_in(405), inside=lambda world: {"session_id": world.other_session.pk}, note="by a link"),
    Line("end_other_sessions", logged_in(302), method="post"),
    Line("end_other_sessions", logged_in(405), note="by a link"),
    Line("disconnect_house", logged_in(404), method="post", inside=lambda world: {"house": "dingtalk"}),
    Line(
        "confirm_person",
        only(*LEADERS),
        inside=lambda world: {"user_id": world.waits.pk},
        outside=lambda world: {"user_id": world.foreign_waits.pk},
    ),
    Line(
        "confirm_person",
        only(*LEADERS, status=302),
        method="post",
        inside=lambda world: {"user_id": world.waits.pk},
        outside=lambda world: {"user_id": world.foreign_waits.pk},
    ),
    Line(
        "reset_factor",
        only(Role.ADMINISTRATOR),
        inside=lambda world: {"user_id": world.waits.pk},
        outside=lambda world: {"user_id": world.foreign_waits.pk},
    ),
    Line(
        "reset_factor",
        only(Role.ADMINISTRATOR, status=302),
        method="post",
        inside=lambda world: {"user_id": world.waits.pk},
        outside=lambda world: {"user_id": world.foreign_waits.pk},
    ),
    # No other house's login is switched on.
    *(Line(f"{house}_login", _NOT_THERE) for house in _HOUSES),
    *(Line(f"{house}_callback", _NOT_THERE) for house in _HOUSES),
]
