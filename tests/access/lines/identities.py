"""Identity numbers: the administrator's to enter and show, the leads' to decide about, nobody else's."""

from tests.access.matrix import LET_IN, Line, only
from xinqiao.accounts.enums import Role

_ADMIN = only(Role.ADMINISTRATOR)
_LEADS = (Role.PRINCIPAL, Role.DEPUTY)


def _inside(world):
    return {"student_id": world.student.pk}


def _outside(world):
    return {"student_id": world.foreign_student.pk}


LINES = [
    Line("identities:home", only(Role.ADMINISTRATOR, *_LEADS)),
    Line("identities:decide", only(*_LEADS, status=LET_IN), method="post"),
    Line("identities:find", only(Role.ADMINISTRATOR, status=422), method="post"),
    Line("identities:child", _ADMIN, _inside, _outside),
    Line("identities:show", _ADMIN, _inside, _outside, method="post"),
    Line("identities:write", only(Role.ADMINISTRATOR, status=422), _inside, _outside, method="post"),
    Line("identities:remove", only(Role.ADMINISTRATOR, status=302), _inside, _outside, method="post"),
]
