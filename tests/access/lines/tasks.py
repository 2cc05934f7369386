"""The demo school's mail, which holds no child's data, for whoever tries the demo; in production it does not exist."""

from tests.access.matrix import Line, everyone

_UNKNOWN = {"name": "20200101T000000000000-00000000"}

LINES = [
    Line("tasks:mailbox", everyone()),
    Line("tasks:mailbox_mail", everyone(404), inside=lambda world: _UNKNOWN, note="no such mail"),
    Line("tasks:mailbox_html", everyone(404), inside=lambda world: _UNKNOWN, note="no such mail"),
    Line(
        "tasks:mailbox_attachment", everyone(404), inside=lambda world: {**_UNKNOWN, "number": 1}, note="no such mail"
    ),
]
