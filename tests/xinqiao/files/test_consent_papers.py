"""The photo of a signed consent: at its answer, for those who collect it; a homeroom teacher sees no other kind's."""

import pytest
from django.urls import reverse

from tests.factories import cases, files
from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role
from xinqiao.files.models import SealedFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral():
    people = cases.SchoolWithPeople()
    found = cases.a_referral(people, until="given")
    found.people = people
    return found


def add(client, consent):
    return client.post(
        reverse("files:add", args=["consent-evidence", consent.pk]), {"paper": files.upload(files.photo())}
    )


def test_the_counselor_adds_it_and_finds_it_at_the_answer(client, referral):
    cases.login(client, referral.people.counselor)
    page = reverse("consents:child", args=[referral.case.student_id])
    assert "添加签字照片" in client.get(page).content.decode()
    assert add(client, referral.consent).status_code == 302
    paper = SealedFile.objects.get()
    assert paper.student_id == referral.case.student_id
    assert reverse("files:paper", args=[paper.pk]) in client.get(page).content.decode()
    assert client.get(reverse("files:paper", args=[paper.pk])).status_code == 200


def test_the_homeroom_teacher_neither_adds_nor_sees_a_referrals_one(client, referral):
    cases.login(client, referral.people.counselor)
    add(client, referral.consent)
    paper = SealedFile.objects.get()
    client.force_login(person_with(Role.HOMEROOM, school_class=referral.people.school_class))
    assert add(client, referral.consent).status_code == 403
    assert client.get(reverse("files:paper", args=[paper.pk])).status_code == 403


def test_the_principal_looks_at_it_and_takes_nothing_out(client, referral):
    cases.login(client, referral.people.counselor)
    add(client, referral.consent)
    paper = SealedFile.objects.get()
    cases.login(client, referral.people.principal)
    assert client.get(reverse("files:paper", args=[paper.pk])).status_code == 200
    assert client.get(reverse("files:download", args=[paper.pk])).status_code == 403
    assert add(client, referral.consent).status_code == 403
