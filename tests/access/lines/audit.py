"""The trail: the principal's alone."""

from tests.access.matrix import Line, only
from xinqiao.accounts.enums import Role

LINES = [
    Line("audit_trail", only(Role.PRINCIPAL)),
    Line(
        "audit_child",
        only(Role.PRINCIPAL),
        inside=lambda world: {"student_id": world.student.pk},
        outside=lambda world: {"student_id": world.foreign_student.pk},
    ),
]
