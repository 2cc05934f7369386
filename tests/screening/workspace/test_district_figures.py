"""The district's figures: once a week, small ones hidden, and no two weeks to be subtracted from each other."""

import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import DatabaseError, transaction
from django.urls import reverse

from screening.workspace.figures import publish_figures
from screening.workspace.models import DistrictTable, Subject
from tests.factories.workspace import NOW, Place, ago
from xinqiao.accounts.enums import Role
from xinqiao.disclosure import SMALLEST

WEEK = datetime.timedelta(days=7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return Place()


def cases_of(place: Place, **levels: int) -> None:
    for level, count in levels.items():
        for _each in range(count):
            place.case(level=level, opened=ago(1))


def told(subject: str = Subject.CASES) -> dict:
    return DistrictTable.objects.filter(subject=subject).first().told


def shown_to(place: Place, client) -> list[str]:
    client.force_login(place.person(Role.DISTRICT))
    page = client.get(reverse("screening:workspace")).content.decode()
    return [cell.get_text(strip=True) for cell in BeautifulSoup(page, "html.parser").select("td.num")]


@time_machine.travel(NOW, tick=False)
def test_what_happens_between_two_publications_is_not_seen(place, client):
    cases_of(place, general=7, priority=9)
    publish_figures()
    before = shown_to(place, client)
    cases_of(place, general=1)
    assert shown_to(place, client) == before
    assert not publish_figures()  # not a second time on one day
    assert shown_to(place, client) == before


@time_machine.travel(NOW, tick=False)
def test_a_table_that_would_give_a_single_child_away_waits(place):
    cases_of(place, general=7, priority=9)
    publish_figures(NOW)
    first = told()
    assert first["total"] == 16
    cases_of(place, general=1)
    publish_figures(NOW + WEEK)
    assert told() == first


@time_machine.travel(NOW, tick=False)
def test_after_four_weeks_it_is_renewed_without_what_moved_by_a_few(place):
    cases_of(place, general=7, priority=9)
    publish_figures(NOW)
    cases_of(place, general=1)
    publish_figures(NOW + 4 * WEEK)
    assert "total" not in told()
    assert 17 not in told().values()


@time_machine.travel(NOW, tick=False)
def test_five_more_are_told(place):
    cases_of(place, general=7, priority=9)
    publish_figures(NOW)
    cases_of(place, general=SMALLEST)
    publish_figures(NOW + WEEK)
    assert told()["total"] == 21


@time_machine.travel(NOW, tick=False)
def test_no_figure_that_was_told_twice_moved_by_fewer_than_five(place):
    series = []
    for week, new in enumerate([7, 1, 5, 0, 6]):
        cases_of(place, general=new, priority=new // 3)
        publish_figures(NOW + 4 * week * WEEK)
        series.append(told())
    last: dict[str, int] = {}
    for table in series:
        for key, value in table.items():
            assert abs(value - last.get(key, value)) in {0, *range(SMALLEST, 100)}
            last[key] = value


@time_machine.travel(NOW, tick=False)
def test_schools_are_summed_and_a_school_is_not_worked_out_from_the_sum(place, client):
    other, third = Place(), Place()
    for each, count in ((place, 8), (other, 9), (third, 2)):
        cases_of(each, general=count, priority=12)
    publish_figures()
    table = told()
    assert table["column|priority"] == 36
    assert sum(f"cell|{each.school.pk}|general" in table for each in (place, other, third)) <= 1
    client.force_login(place.person(Role.DISTRICT))
    assert "全区合计" in client.get(reverse("screening:workspace")).content.decode()


def test_what_was_published_is_neither_changed_nor_deleted(place):
    publish_figures()
    for act in (
        lambda: DistrictTable.objects.update(told={}),
        lambda: DistrictTable.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_hidden_count_is_nowhere_in_the_table(place):
    cases_of(place, general=3)
    publish_figures()
    table = DistrictTable.objects.get(subject=Subject.CASES)
    assert table.told == table.last_told == {}
