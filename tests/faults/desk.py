"""A process that does what a web request does: commits an order for mail, on request. `python -m tests.faults.desk`.

Each line on standard input is `{"to": address, "key": key, "many": n}`; each is answered by the ids of the messages.
"""

import json
import sys

import django

django.setup()

from django.db import close_old_connections, transaction  # noqa: E402 - Django is set up just above

from tasks.mail import queue_mail, queue_mails  # noqa: E402
from tasks.models import OutboxMessage  # noqa: E402
from xinqiao.accounts.models import User  # noqa: E402

CONTEXT = {"days": 3, "path": "/training/"}


@transaction.atomic
def order(to: str, key: str, many: int) -> list[str]:
    """One mail, or many of one template, committed when this returns."""
    reader, _ = User.objects.get_or_create(username=to.partition("@")[0], defaults={"email": to, "display_name": "某"})
    if not many:
        return [str(queue_mail(template="probe/hello", to=reader, key=key, context=CONTEXT).pk)]
    queue_mails(template="probe/hello", mails=[(reader, f"{key}:{n}", CONTEXT, None) for n in range(many)])
    return [str(pk) for pk in OutboxMessage.objects.filter(key__startswith=f"{key}:").values_list("pk", flat=True)]


def main() -> None:
    print("open", flush=True)
    for line in sys.stdin:
        close_old_connections()
        print(json.dumps(order(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
