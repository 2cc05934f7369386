"""The day of those who see that nobody is forgotten: who must act, how late it is, how far the classes are. No story, no name of a child."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict

from screening.people import people_who
from screening.workspace.board import Board, boards_of
from screening.workspace.gather import Gathering
from screening.workspace.items import Item, Kind
from screening.workspace.progress import Loop, loop_of
from screening.workspace.told import add_told
from training.models import Certificate
from training.roster import staff_of
from xinqiao.accounts.access import reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment, User


@dataclasses.dataclass
class Responsible:
    """Those who must act together, with what is late: longest first."""

    people: list[User]
    items: list[Item]

    @property
    def longest(self) -> int:
        return max(item.left.days_late for item in self.items)


@dataclasses.dataclass(frozen=True)
class Training:
    certified: int
    staff: int


@dataclasses.dataclass(frozen=True)
class Overview:
    """Attributes:
    asked: changes of level that wait for this person's word.
    running: emergency protocols, by their next step.
    late: by the person responsible, whoever is latest first.
    """

    today: datetime.date
    asked: list[Item]
    running: list[Item]
    late: list[Responsible]
    boards: list[Board]
    loop: Loop
    shows_levels: bool
    training: Training | None

    @property
    def late_items(self) -> int:
        return sum(len(each.items) for each in self.late)


def overview_of(user: User, now: datetime.datetime | None = None) -> Overview:
    gathering = Gathering(reach(user, Capability.READ_CASE).schools, now)
    children = gathering.for_children()
    items = [*children, *gathering.late_classes()]
    add_told(items, gathering)
    fill_in_owners(items, gathering)
    high = reach(user, Capability.READ_HIGH_NARRATIVE).schools
    return Overview(
        today=gathering.today,
        asked=[
            item
            for item in children
            if item.kind == Kind.LEVEL_CHANGE and item.asked_by != user.pk and item.school_id in high
        ],
        running=[item for item in children if item.kind == Kind.CRISIS],
        late=by_responsible([item for item in items if item.late]),
        boards=boards_of(user, gathering.today),
        loop=loop_of(gathering.calendars, gathering.today),
        shows_levels=bool(reach(user, Capability.READ_LEVEL).schools),
        training=_training(user, gathering.today),
    )


def fill_in_owners(items: list[Item], gathering: Gathering) -> None:
    """Who must act where the record names nobody: the counselors for a child, the homeroom teachers for a class."""
    counselors = {
        school.pk: list(people_who(Capability.ASSESS, school, gathering.today)) for school in gathering.schools
    }
    duties = Appointment.objects.on(gathering.today).filter(
        role=Role.HOMEROOM, school_class__in=[item.class_id for item in items if item.class_id is not None]
    )
    homerooms: dict[int, list[User]] = defaultdict(list)
    for duty in duties.select_related("user"):
        homerooms[duty.school_class_id].append(duty.user)
    for item in items:
        if not item.owners:
            item.owners = homerooms[item.class_id] if item.kind == Kind.FIRST_PASS else counselors[item.school_id]


def by_responsible(items: list[Item]) -> list[Responsible]:
    """Grouped by who must act; the longest late stands first, in the groups and between them."""
    groups: dict[tuple[int, ...], Responsible] = {}
    for item in sorted(items, key=lambda item: (-item.left.days_late, item.order)):
        key = tuple(person.pk for person in item.owners)
        groups.setdefault(key, Responsible(item.owners, [])).items.append(item)
    return list(groups.values())


def _training(user: User, today: datetime.date) -> Training | None:
    schools = reach(user, Capability.READ_TRAINING_COMPLETION).schools
    if not schools:
        return None
    staff = staff_of(schools, today)
    held = Certificate.objects.filter(person__in=staff.order_by()).valid_on(today)
    return Training(certified=held.values("person").distinct().count(), staff=staff.count())
