"""Identity numbers on their pages: none by default, masked, shown on the record, found by equality, gone with the decision."""

import pytest
from django.db import connection
from django.urls import reverse

from tests.factories.accounts import person_with
from tests.factories.school import SchoolClassFactory, StudentFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.identities.keep import NotKept, PurposeMissing, SomebodyElses, decide_policy, show_number, write_number
from xinqiao.identities.models import IdentityNumber

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


class Place:
    def __init__(self) -> None:
        self.school_class = SchoolClassFactory()
        self.school = self.school_class.grade.school
        self.child = StudentFactory(school=self.school, current_class=self.school_class, born_on=None)
        self.admin = person_with(Role.ADMINISTRATOR, school=self.school)
        self.principal = person_with(Role.PRINCIPAL, school=self.school)

    def keeping(self):
        decide_policy(user=self.principal, school=self.school, kept=True, purpose="转介时医院要求")
        return self


@pytest.fixture
def place() -> Place:
    return Place()


def page(client, who, name, *args, data=None):
    client.force_login(who)
    address = reverse(f"identities:{name}", args=args)
    return client.get(address) if data is None else client.post(address, data)


def test_no_school_keeps_any_unless_it_decides_so_and_says_what_for(place, client):
    with pytest.raises(NotKept):
        write_number(user=place.admin, student=place.child, number=NUMBER)
    with pytest.raises(PurposeMissing):
        decide_policy(user=place.principal, school=place.school, kept=True, purpose=" ")
    with pytest.raises(NotPermitted):
        decide_policy(user=place.admin, school=place.school, kept=True, purpose="x")
    assert "不保存" in page(client, place.admin, "home").content.decode()
    assert page(client, place.principal, "decide", data={"kept": "yes", "purpose": ""}).status_code == 422
    assert page(client, place.principal, "decide", data={"kept": "yes", "purpose": "转介"}).status_code == 302
    assert "转介" in page(client, place.admin, "home").content.decode()


def test_it_is_masked_until_it_is_asked_for_and_the_reading_is_recorded(place, client):
    place.keeping()
    assert page(client, place.admin, "write", place.child.pk, data={"number": NUMBER.lower()}).status_code == 302
    seen = page(client, place.admin, "child", place.child.pk).content.decode()
    assert NUMBER not in seen
    assert "•" * 16 + "2X" in seen
    assert not AuditEntry.objects.filter(action="identity.read").exists()
    shown = page(client, place.admin, "show", place.child.pk, data={})
    assert NUMBER in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert AuditEntry.objects.get(action="identity.read").student_id == place.child.pk
    assert NUMBER not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_a_wrong_number_is_said_and_nothing_is_kept(place, client):
    place.keeping()
    refused = page(client, place.admin, "write", place.child.pk, data={"number": "110105194912310021"})
    assert refused.status_code == 422
    assert "最后一位与前面的数字不符" in refused.content.decode()
    assert not IdentityNumber.objects.exists()


def test_a_child_is_found_by_the_whole_number_and_by_no_part_of_it(place, client):
    place.keeping()
    write_number(user=place.admin, student=place.child, number=NUMBER)
    found = page(client, place.admin, "find", data={"number": "110105 19491231 002x"})
    assert found["Location"] == reverse("identities:child", args=[place.child.pk])
    for part in (NUMBER[:10], NUMBER[1:], "G" + NUMBER, "%", "_" * 18):
        assert page(client, place.admin, "find", data={"number": part}).status_code == 422


def test_two_children_have_not_one_number(place):
    place.keeping()
    write_number(user=place.admin, student=place.child, number=NUMBER)
    write_number(user=place.admin, student=place.child, number=NUMBER)
    other = StudentFactory(school=place.school, current_class=place.school_class, born_on=None)
    with pytest.raises(SomebodyElses):
        write_number(user=place.admin, student=other, number=NUMBER)
    elsewhere = Place().keeping()
    write_number(user=elsewhere.admin, student=elsewhere.child, number=NUMBER)


def test_the_database_holds_no_figure_of_it(place):
    place.keeping()
    write_number(user=place.admin, student=place.child, number=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(n)::text FROM identities_identitynumber n")
        assert "19491231" not in cursor.fetchone()[0]


def test_deciding_to_keep_none_deletes_all(place, client):
    place.keeping()
    write_number(user=place.admin, student=place.child, number=NUMBER)
    assert page(client, place.principal, "decide", data={"kept": "no"}).status_code == 302
    assert not IdentityNumber.objects.exists()
    assert show_number(user=place.admin, student=place.child) == ""


def test_one_number_can_be_deleted(place, client):
    place.keeping()
    write_number(user=place.admin, student=place.child, number=NUMBER)
    page(client, place.admin, "remove", place.child.pk, data={})
    assert not IdentityNumber.objects.exists()
    assert AuditEntry.objects.filter(action="identity.delete", student_id=place.child.pk).exists()


def test_the_childs_page_leads_there_only_for_those_who_may(place, client):
    for who, leads in ((place.admin, True), (place.principal, False)):
        client.force_login(who)
        seen = client.get(reverse("directory:child", args=[place.child.pk])).content.decode()
        assert (reverse("identities:child", args=[place.child.pk]) in seen) == leads
