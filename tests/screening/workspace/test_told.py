"""When a clock has run out the vice-principal is told, later the principal: once a day, a count, never a child."""

import datetime

import pytest
import time_machine

from screening.workspace.counselor import day_of
from screening.workspace.gather import Gathering
from screening.workspace.told import add_told, something_still_late, tell_of_what_is_late
from tasks.models import OutboxMessage
from tests.factories.tasks import send_all
from tests.factories.workspace import NOW, Place, ago
from xinqiao.accounts.enums import Role


@pytest.fixture
def place(db) -> Place:
    place = Place()
    place.deputy, place.principal = place.person(Role.DEPUTY), place.person(Role.PRINCIPAL)
    return place


def told_today() -> set[int]:
    return set(OutboxMessage.objects.filter(key__startswith="late:").values_list("recipient", flat=True))


def test_one_school_day_late_tells_the_vice_principal_only(place):
    place.case(level="general", opened=ago(8))
    tell_of_what_is_late(NOW)
    assert told_today() == {place.deputy.pk}


def test_three_school_days_late_tells_the_principal_too(place):
    place.case(level="general", opened=ago(12))
    tell_of_what_is_late(NOW)
    assert told_today() == {place.deputy.pk, place.principal.pk}


def test_nothing_late_tells_nobody(place):
    place.case(level="general", opened=ago(2))
    assert tell_of_what_is_late(NOW) == 0


def test_running_it_twice_on_a_day_queues_one_mail_a_person(place):
    place.case(level="general", opened=ago(12))
    tell_of_what_is_late(NOW)
    tell_of_what_is_late(NOW)
    assert OutboxMessage.objects.filter(key__startswith="late:").count() == 2


def test_the_mail_holds_a_count_and_no_child(place):
    place.case(level="general", opened=ago(8), name="不应出现的姓名")
    tell_of_what_is_late(NOW)
    payload = OutboxMessage.objects.get(key__startswith="late:").payload
    assert payload["context"]["count"] == 1
    assert "不应出现的姓名" not in str(payload)


def test_on_a_sunday_only_a_child_at_high_risk_is_told(place):
    sunday = datetime.datetime(2026, 11, 22, 8, 0, tzinfo=NOW.tzinfo)
    place.case(level="general", opened=sunday - datetime.timedelta(days=20))
    assert tell_of_what_is_late(sunday) == 0
    place.assessment(suggested="high", made=sunday - datetime.timedelta(days=1))
    assert tell_of_what_is_late(sunday) == 1


@time_machine.travel(NOW, tick=False)
def test_the_page_names_those_to_whom_the_mail_has_gone(place, mailoutbox):
    place.case(level="general", opened=ago(8), name="不应出现的姓名")
    tell_of_what_is_late()
    assert day_of(place.counselor).late[0].told == []
    send_all()
    assert day_of(place.counselor).late[0].told == [place.deputy]
    (mail,) = mailoutbox
    assert mail.to == [place.deputy.email]
    assert "不应出现的姓名" not in mail.body + mail.subject


def test_a_mail_from_before_it_was_late_tells_nothing_about_it(place):
    with time_machine.travel(ago(1), tick=False):
        place.case(level="general", opened=ago(12))
        tell_of_what_is_late()
        send_all()
    place.assessment(made=ago(12))  # late since today only
    gathering = Gathering([place.school.pk], NOW)
    items = gathering.for_children()
    add_told(items, gathering)
    assert {item.kind.value: bool(item.told) for item in items if item.late} == {"follow_up": True, "assessment": False}


@time_machine.travel(NOW, tick=False)
def test_at_sending_it_is_asked_again_whether_it_is_still_late(place):
    question = {"school": place.school.pk, "user": place.deputy.pk, "rung": 1}
    assert not something_still_late(**question)
    place.case(level="general", opened=ago(8))
    assert something_still_late(**question)
    assert not something_still_late(**{**question, "user": place.counselor.pk})
