"""The list of cases: whose, in which order, found how, and taken out by whom."""

import io
import zipfile
from urllib.parse import urlencode

import msoffcrypto
import openpyxl
import pytest
import time_machine
from django.urls import reverse

from screening.cases.write import move_case
from screening.workspace.case_list import CaseList, Wanted
from screening.workspace.views.cases import A_PAGE
from tests.factories.workspace import NOW, Place, ago
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry

URL, EXPORT = reverse("screening:cases"), reverse("screening:cases_export")


@pytest.fixture
def place(db) -> Place:
    return Place()


def numbers(place: Place, **wanted) -> list[str]:
    return [case.number for case in CaseList(place.counselor, NOW).narrowed(Wanted(**wanted))]


def test_danger_comes_first_then_what_runs_out_first(place):
    general = place.case(level="general", opened=ago(20))
    later = place.case(level="priority", opened=ago(1))
    sooner = place.case(level="priority", opened=ago(5))
    high = place.case(level="high", opened=ago(1))
    assert numbers(place) == [high.number, sooner.number, later.number, general.number]
    assert numbers(place, sort="number") == [high.number, sooner.number, later.number, general.number]
    assert numbers(place, sort="oldest")[0] == general.number
    assert numbers(place, sort="time")[0] == general.number


def test_of_one_day_the_protocol_that_counts_minutes_comes_first(place):
    followed_up = place.case(level="priority", opened=ago(7))
    crisis = place.case(level="high", opened=ago(hours=1))
    first = numbers(place, sort="time")
    assert first.index(crisis.number) < first.index(followed_up.number)


def test_filters_narrow_by_state_level_owner_and_lateness(place):
    colleague = place.person(Role.COUNSELOR)
    late = place.case(level="general", opened=ago(20))
    theirs = place.case(level="priority", owner=colleague)
    closed = place.case(level="general", opened=ago(3))
    move_case(user=place.counselor, case=closed, to_state="closed", reason="平稳")
    assert closed.number not in numbers(place)
    assert numbers(place, state="closed") == [closed.number]
    assert len(numbers(place, state="all")) == 3
    assert numbers(place, level="priority") == [theirs.number]
    assert numbers(place, owner=colleague.pk) == [theirs.number]
    assert numbers(place, late=True) == [late.number]


def test_a_protocol_and_a_silent_hospital_make_a_case_late(place):
    principal = place.person(Role.PRINCIPAL)
    crisis = place.case(level="high", opened=ago(hours=3))
    waiting = place.case(opened=ago(6))
    place.referral(waiting, at=ago(6), second_told=principal)
    place.case(opened=ago(1))
    assert set(numbers(place, late=True)) == {crisis.number, waiting.number}


@pytest.mark.parametrize("text", ["李若云", "若云", "lry", "liruoyun", "2026001", "2026-001", "1"])
def test_a_search_finds_by_name_initials_pinyin_and_numbers(place, text):
    case = place.case(name="李若云", number="2026001")
    place.case(name="王小满", number="2025009")
    assert [found.number for found in CaseList(place.counselor, NOW).search(text)] == [case.number]


@time_machine.travel(NOW, tick=False)
def test_a_searched_name_stands_in_no_address(place, client):
    closed = place.case(name="李若云", level="general")
    move_case(user=place.counselor, case=closed, to_state="closed", reason="平稳")
    client.force_login(place.counselor)
    page = client.post(URL, {"q": "lry"}).content.decode()
    assert closed.number in page
    assert "q=lry" not in page
    assert "没有找到个案" in client.post(URL, {"q": "查无此人"}).content.decode()


@time_machine.travel(NOW, tick=False)
def test_the_counselor_sees_name_class_level_owner_and_time(place, client):
    place.case(level="priority", opened=ago(1), name="李若云")
    client.force_login(place.counselor)
    page = client.get(URL).content.decode()
    for words in ("李若云", str(place.school_class), "重点关注", "心理老师", "个上学日", "12月1日"):
        assert words in page


@time_machine.travel(NOW, tick=False)
def test_the_moral_education_office_sees_names_from_priority_upwards_and_no_level(place, client):
    place.case(level="general", name="不应出现")
    place.case(level="priority", name="李若云")
    moral = place.person(Role.MORAL_EDUCATION)
    client.force_login(moral)
    page = client.get(URL, {"level": "general", "state": "all"}).content.decode()
    assert "李若云" in page  # a filter by level that they may not see narrows nothing
    assert "不应出现" not in page
    assert 'class="level' not in page
    assert [case.student.name for case in CaseList(moral, NOW).search("不应出现")] == []
    assert [case.student.name for case in CaseList(moral, NOW).search("李若云")] == ["李若云"]


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.HOMEROOM, Role.GRADE_LEADER, Role.DISTRICT, Role.GUARDIAN])
def test_nobody_else_opens_the_list_or_takes_it_out(place, client, role):
    client.force_login(place.person(role))
    assert [client.get(URL).status_code, client.get(EXPORT).status_code] == [403, 403]


def test_another_schools_cases_are_not_there(place):
    Place().case(name="李若云")
    assert numbers(place, state="all") == []
    assert not CaseList(place.counselor, NOW).search("李若云")


SEAL = {"purpose": "meeting", "password": "kx7m-pw3d-h9tq-2mza"}


def opened(content: bytes) -> io.BytesIO:
    """What Excel shows after the password."""
    sealed, plain = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
    sealed.load_key(password=SEAL["password"], verify_password=True)
    sealed.decrypt(plain, verify_integrity=True)
    return plain


def take_out(client, **wanted) -> bytes:
    return client.post(f"{EXPORT}?{urlencode(wanted)}", SEAL).content


def rows_of(content: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(opened(content)).active.values)


@time_machine.travel(NOW, tick=False)
def test_the_spreadsheet_holds_what_the_page_shows_and_is_on_the_record(place, client):
    place.case(level="priority", name="李若云")
    place.case(level="general")
    client.force_login(place.counselor)
    answer = client.post(f"{EXPORT}?level=priority", SEAL)
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    rows = rows_of(answer.content)
    assert "心理老师" in rows[0][0]
    assert "供工作小组会议使用" in rows[0][0]
    assert [row[1] for row in rows[3:]] == ["李若云"]
    entry = AuditEntry.objects.get(action="case.export_list")
    assert (entry.actor, entry.details["cases"], entry.details["names"]) == (place.counselor, 1, 1)
    assert entry.details["purpose"] == "meeting"
    assert "李若云" not in str(entry.details)
    assert SEAL["password"] not in str(entry.details)


@time_machine.travel(NOW, tick=False)
def test_without_the_password_the_spreadsheet_shows_nobody(place, client):
    place.case(level="priority", name="李若云")
    client.force_login(place.counselor)
    content = take_out(client)
    assert not zipfile.is_zipfile(io.BytesIO(content))  # an open workbook is a zip
    assert "李若云".encode() not in content
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        msoffcrypto.OfficeFile(io.BytesIO(content)).load_key(password="kx7m-pw3d-h9tq-2mzb", verify_password=True)


@time_machine.travel(NOW, tick=False)
def test_each_time_the_form_brings_another_password_and_nothing_leaves_on_a_bad_one(place, client):
    place.case(level="priority")
    client.force_login(place.counselor)
    first, second = (client.get(EXPORT).context["seal"].initial["password"] for _each in range(2))
    assert first != second
    for bad in ({"password": "short"}, {"password": "aaaaaaaaaaaaaaaa"}, {"password": "password1234"}, {"purpose": ""}):
        assert client.post(EXPORT, {**SEAL, **bad}).status_code == 422
    assert not AuditEntry.objects.filter(action="case.export_list").exists()


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_cell_of_the_spreadsheet_acts_as_a_formula(place, client, name):
    place.case(name=name)
    client.force_login(place.counselor)
    book = openpyxl.load_workbook(opened(take_out(client)))
    cell = book.active["B4"]
    assert (cell.data_type, cell.value) == ("s", f"'{name}")


@time_machine.travel(NOW, tick=False)
def test_the_moral_education_office_takes_out_no_more_than_it_sees(place, client):
    place.case(level="general", name="不应出现")
    client.force_login(place.person(Role.MORAL_EDUCATION))
    rows = rows_of(take_out(client))
    assert "不应出现" not in str(rows)
    assert "一般关注" not in str(rows)


@time_machine.travel(NOW, tick=False)
def test_the_list_has_pages_that_keep_the_filter(place, client):
    for _each in range(A_PAGE + 1):
        place.case(level="general")
    client.force_login(place.counselor)
    page = client.get(URL, {"level": "general"})
    assert "level=general&amp;page=2" in page.content.decode()
    second = client.get(URL, {"level": "general", "page": 2}).content.decode()
    assert second.count('scope="row"') == 1


@time_machine.travel(NOW, tick=False)
def test_the_list_asks_the_database_as_often_for_many_as_for_few(place, client, django_assert_num_queries):
    client.force_login(place.counselor)
    place.case(level="high")
    with django_assert_num_queries(9):
        client.get(URL)
    for _each in range(5):
        place.case(level="high")
    with django_assert_num_queries(9):
        client.get(URL)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("query", [{"owner": "x"}, {"page": "x"}, {"state": "x", "level": "x", "sort": "x"}])
def test_a_strange_address_still_opens_the_list(place, client, query):
    case = place.case()
    client.force_login(place.counselor)
    assert case.number in client.get(URL, query).content.decode()
