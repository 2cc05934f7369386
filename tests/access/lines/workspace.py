"""The day's page, and the list of cases with its search and its spreadsheet."""

from tests.access.matrix import LET_IN, Line, only
from xinqiao.accounts.enums import Role

_KNOWS_OF_CASES = (Role.PRINCIPAL, Role.DEPUTY, Role.MORAL_EDUCATION, Role.COUNSELOR)

LINES = [
    # A homeroom teacher is sent on to the own class's page.
    Line(
        "screening:workspace",
        only(*_KNOWS_OF_CASES, Role.GRADE_LEADER, Role.DISTRICT).but(Role.HOMEROOM, inside=302),
    ),
    Line("screening:cases", only(*_KNOWS_OF_CASES)),
    Line("screening:cases", only(*_KNOWS_OF_CASES, status=LET_IN), method="post", data=lambda world: {"q": "lry"}),
    Line("screening:cases_export", only(*_KNOWS_OF_CASES)),
    Line(
        "screening:cases_export",
        only(*_KNOWS_OF_CASES),
        method="post",
        data=lambda world: {"purpose": "meeting", "password": "kx7m-pw3d-h9tq-2mza"},
    ),
]
