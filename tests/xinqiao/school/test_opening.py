"""The first school of an installation."""

import datetime
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from xinqiao.accounts.access import may
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.models import AuditEntry
from xinqiao.school.models import School, SchoolClass, Term
from xinqiao.school.opening import NewTerm, OpeningRefused, open_school

pytestmark = pytest.mark.django_db
TERM = NewTerm("2026—2027学年第一学期", datetime.date(2026, 9, 1), datetime.date(2027, 1, 22))
FACTS = {
    "name": "青禾小学",
    "short_name": "青禾",
    "classes": 3,
    "term": TERM,
    "administrator": "li",
    "password": "tall-green-rice-1962",
}


def test_it_has_six_grades_a_term_and_an_administrator_who_reads_no_story(client):
    school = open_school(**FACTS)
    assert SchoolClass.objects.filter(grade__school=school).count() == 18
    assert Term.objects.get(school=school).name == TERM.name
    admin = User.objects.get(username="li")
    assert may(admin, Capability.ADMINISTER, school)
    assert not may(admin, Capability.READ_NARRATIVE)
    assert client.login(username="li", password=FACTS["password"])
    assert client.get("/admin/users/").status_code == 200
    assert AuditEntry.objects.filter(action="appointment.give", actor=None).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": 0},
        {"term": NewTerm("t", datetime.date(2026, 9, 1), datetime.date(2026, 9, 1))},
        {"administrator": "Taken"},
        {"name": "旧小学"},
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_entered(wrong):
    User.objects.create_user("taken")
    School.objects.create(name="旧小学", short_name="旧")
    with pytest.raises(OpeningRefused):
        open_school(**{**FACTS, **wrong})
    assert School.objects.count() == 1
    assert User.objects.count() == 1


def test_a_weak_password_is_refused():
    with pytest.raises(ValidationError):
        open_school(**{**FACTS, "password": "12345678"})
    assert not School.objects.exists()


def test_the_command_takes_the_password_from_its_input(monkeypatch, capsys):
    arguments = [
        "青禾小学",
        "--short-name",
        "青禾",
        "--administrator",
        "li",
        "--term",
        "秋",
        "--from",
        "2026-09-01",
        "--until",
        "2027-01-22",
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("tall-green-rice-1962\n"))
    call_command("open_school", *arguments)
    assert "18 classes" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("tall-green-rice-1962\n"))
    with pytest.raises(CommandError, match="already"):
        call_command("open_school", *arguments)
