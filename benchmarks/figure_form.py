"""The first pass of a class of 45, as its teacher opens it, against a bare Django form of 45 fields."""

from collections.abc import Iterator

from benchmarks.clients import as_user, getting, queries
from benchmarks.measure import Figure, beside
from screening.rounds.models import ClassPass
from xinqiao.accounts.models import User

SHARE, LIMIT_KB = 0.6, 30


def measure() -> Iterator[Figure]:
    teacher = User.objects.get(username="homeroom")
    waiting = ClassPass.objects.waiting().fillable_by(teacher).get()
    form = getting(as_user("homeroom"), f"/screening/rounds/{waiting.round_id}/classes/{waiting.school_class_id}/")
    bare = getting(as_user(None), "/floor/form/")
    value, floor = beside(form, bare)
    yield Figure(
        f"class form of 45 children ({queries(form)} queries)",
        value, "/s", floor, f">= {SHARE}x a bare Django form", value >= SHARE * floor,
    )  # fmt: skip
    size = len(form().content) / 1024
    yield Figure("class form's size", size, "KB", None, f"<= {LIMIT_KB} KB", size <= LIMIT_KB)
