"""The trail: the principal's alone."""

from tests.access.matrix import Line, only
from xinqiao.accounts.enums import Role

LINES = [Line("audit_trail", only(Role.PRINCIPAL))]
