"""Requests straight into the application, with its whole middleware; no sockets, so that the client costs nothing."""

import itertools
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from xinqiao.accounts.models import User


def as_user(name: str | None) -> Client:
    """A client logged in as a demo user, or nobody."""
    client = Client(headers={"accept-language": "zh-CN"})
    if name:
        client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def getting(client: Client, url: str) -> Callable[[], object]:
    """A call that gets the page and insists on 200; each time from another address, as a school's readers are."""
    addresses = itertools.cycle(f"10.0.{high}.{low}" for high in range(256) for low in range(1, 255))

    def get() -> object:
        response = client.get(url, REMOTE_ADDR=next(addresses))
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")
        return response

    return get


def queries(work: Callable[[], object]) -> int:
    """How many queries one warm call makes."""
    work()
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)
