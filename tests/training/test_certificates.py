"""Certificates: frozen, unique, revoked with a reason, ageing, renewed in a new cycle."""

import datetime
import io

import pypdfium2
import pytest
from django.core import mail
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from tests.factories.accounts import person_with
from tests.factories.school import SchoolFactory
from tests.factories.tasks import send_all
from tests.factories.training import (
    certified,
    course_with,
    enrolled,
    learner,
    lessons_learned,
    quiz_taken,
    trainer_of,
)
from training.certificate_document import certificate_pdf, certificate_picture
from training.certify import add_months, age_certificates, certify, is_genuine, revoke
from training.completion import certified_today, is_complete
from training.enrol import enrol, latest_enrolment
from training.enums import CertificateState, EnrolmentState
from training.errors import AlreadyRevoked, NotPassed
from training.models import Certificate
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role

pytestmark = pytest.mark.django_db
PASSED_AT = timezone.make_aware(datetime.datetime(2025, 11, 24, 16, 0))
TODAY = PASSED_AT.date()


@pytest.fixture
def certificate() -> Certificate:
    return certified(course_with(lessons=1, title="识别与应对"), display_name="王小明", now=PASSED_AT)


def days_later(days: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=days)


def test_it_says_who_what_where_and_until_when(certificate):
    assert (certificate.holder_name, certificate.course_title, certificate.score) == ("王小明", "识别与应对", 100)
    assert (certificate.issued_on, certificate.valid_until) == (TODAY, datetime.date(2026, 11, 24))
    assert certificate.school_name == certificate.enrolment.school.name
    assert is_genuine(certificate)


def test_it_goes_out_by_mail_once_with_the_pdf(certificate):
    certify(enrolment=certificate.enrolment, score=100)
    send_all()
    send_all()
    [letter] = mail.outbox
    [(name, content, kind)] = [(part[0], part[1], part[2]) for part in letter.attachments]
    assert (name, kind, content[:5]) == (f"{certificate.code}.pdf", "application/pdf", b"%PDF-")
    assert letter.to == [certificate.person.email]
    assert reverse("training:certificate", args=[certificate.pk]) in letter.body


def test_certifying_again_gives_the_same_one_back(certificate):
    assert certify(enrolment=certificate.enrolment, score=3) == certificate
    assert Certificate.objects.get().score == 100


def test_a_course_that_is_not_passed_gives_none():
    with pytest.raises(NotPassed):
        certify(enrolment=enrolled(course_with()), score=100)


def test_later_edits_reach_neither_the_certificate_nor_its_print(certificate):
    before = certificate_pdf(certificate)
    certificate.course.title = "另一门课"
    certificate.course.save()
    certificate.person.display_name = "别的名字"
    certificate.person.save()
    again = Certificate.objects.get(pk=certificate.pk)
    assert (again.course_title, again.holder_name, is_genuine(again)) == ("识别与应对", "王小明", True)
    assert len(certificate_pdf(again)) == len(before)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE training_certificate SET score = 99",
        "UPDATE training_certificate SET holder_name = '别人'",
        "UPDATE training_certificate SET valid_until = '2099-01-01'",
        "UPDATE training_certificate SET digest = 'x'",
        "UPDATE training_certificate SET state = 'revoked'",
        "UPDATE training_certificate SET state = 'renewed'; UPDATE training_certificate SET state = 'issued'",
        "DELETE FROM training_certificate",
        "DELETE FROM training_courseenrolment",
    ],
)
def test_the_database_refuses_to_change_or_delete_it(certificate, change):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{change}; SET CONSTRAINTS ALL IMMEDIATE")
    assert is_genuine(Certificate.objects.get())


def test_the_database_holds_one_for_each_person_course_and_cycle(certificate):
    twin = Certificate.objects.get(pk=certificate.pk)
    twin.pk, twin.code, twin.enrolment = None, "XQ-2222-2222-2222", certificate.enrolment
    with pytest.raises(DatabaseError), transaction.atomic():
        twin.save(force_insert=True)


def test_a_changed_row_is_not_genuine(certificate):
    certificate.holder_name = "别人"
    assert not is_genuine(certificate)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (datetime.date(2026, 1, 31), 1, datetime.date(2026, 2, 28)),
        (datetime.date(2028, 2, 29), 12, datetime.date(2029, 2, 28)),
        (datetime.date(2026, 11, 24), 14, datetime.date(2028, 1, 24)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_one(day, months, then):
    assert add_months(day, months) == then


# -- ageing and renewal ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (300, EnrolmentState.CERTIFIED),
        (304, EnrolmentState.CERTIFIED),
        (305, EnrolmentState.EXPIRING),
        (365, EnrolmentState.EXPIRING),
        (366, EnrolmentState.EXPIRED),
        (900, EnrolmentState.EXPIRED),
    ],
)
def test_it_ages_by_its_dates_however_late_the_job_runs(certificate, days, state):
    age_certificates(days_later(days))
    age_certificates(days_later(days))
    certificate.enrolment.refresh_from_db()
    assert certificate.enrolment.state == state


@pytest.mark.parametrize(("days", "yes"), [(0, True), (365, True), (366, False)])
def test_whether_somebody_is_certified_goes_by_the_date_and_not_by_the_job(certificate, days, yes):
    assert certified_today(certificate.person, certificate.course, days_later(days)) is yes
    assert certified_today(certificate.person, today=days_later(days)) is yes


def test_renewal_opens_a_new_cycle_and_the_old_certificate_stays(certificate):
    course, person = certificate.course, certificate.person
    second = enrol(course=course, person=person, by=person, today=days_later(330))
    assert (second.cycle, second.state, is_complete(second)) == (2, EnrolmentState.ENROLLED, False)
    now = PASSED_AT + datetime.timedelta(days=340)
    quiz_taken(lessons_learned(second, now), now=now)
    certificate.refresh_from_db()
    newer = Certificate.objects.get(cycle=2)
    assert (certificate.state, newer.state) == (CertificateState.RENEWED, CertificateState.ISSUED)
    assert is_genuine(certificate)
    assert Certificate.objects.filter(person=person).valid_on(days_later(350)).count() == 2


# -- revoking ----------------------------------------------------------------------------------------------------------


def manager_of(certificate):
    return trainer_of(certificate.enrolment.school)


def test_revoking_says_who_when_and_why_and_opens_the_course_again(certificate):
    manager = manager_of(certificate)
    revoke(certificate=certificate, by=manager, reason=" 代学 ")
    certificate.refresh_from_db()
    assert (certificate.state, certificate.revoked_by, certificate.revoked_reason) == ("revoked", manager, "代学")
    assert not certified_today(certificate.person, today=TODAY)
    assert is_genuine(certificate)
    again = enrol(course=certificate.course, person=certificate.person, by=certificate.person)
    assert again.cycle == 2


def test_it_is_revoked_once(certificate):
    revoke(certificate=certificate, by=manager_of(certificate), reason="代学")
    with pytest.raises(AlreadyRevoked):
        revoke(certificate=certificate, by=manager_of(certificate), reason="再来一次")


def test_a_revocation_needs_a_reason(certificate):
    with pytest.raises(ValueError, match="why"):
        revoke(certificate=certificate, by=manager_of(certificate), reason="  ")


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.DEPUTY, Role.COUNSELOR])
def test_nobody_but_the_training_manager_revokes(certificate, role):
    with pytest.raises(NotPermitted):
        revoke(certificate=certificate, by=person_with(role, school=certificate.enrolment.school), reason="x")


def test_a_manager_of_another_school_does_not_revoke(certificate):
    with pytest.raises(NotPermitted):
        revoke(certificate=certificate, by=trainer_of(SchoolFactory()), reason="x")


def test_revoking_on_the_page(client, certificate):
    client.force_login(manager_of(certificate))
    url = reverse("training:certificate_revoke", args=[certificate.pk])
    assert "证书" in client.get(url).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 200
    assert client.post(url, {"reason": "代学"}).status_code == 302
    certificate.refresh_from_db()
    assert certificate.state == CertificateState.REVOKED
    assert "代学" in client.get(url).content.decode()


# -- on paper ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title"), [("王小明", "小学校园心理危机识别与应对"), ("古丽扎尔·买买提艾力江", "班主任心理健康素养" * 4)]
)
def test_the_print_is_one_page_of_a4_and_small(name, title):
    pdf = certificate_pdf(certified(course_with(lessons=1, title=title), display_name=name))
    document = pypdfium2.PdfDocument(pdf)
    width, height = document[0].get_size()
    assert (len(document), round(width), round(height)) == (1, 842, 595)
    assert len(pdf) <= 30 * 1024
    text = document[0].get_textpage().get_text_range().replace("\r\n", "")
    assert name in text
    assert title[:10] in text


def test_the_picture_for_wechat_is_the_same_page(certificate):
    picture = Image.open(io.BytesIO(certificate_picture(certificate)))
    assert (picture.format, picture.size) == ("PNG", (1754, 1241))


def test_the_page_has_the_picture_the_download_and_the_code(client, certificate):
    client.force_login(certificate.person)
    page = client.get(reverse("training:certificate", args=[certificate.pk]))
    words = page.content.decode()
    for name in ("training:certificate_picture", "training:certificate_pdf"):
        assert reverse(name, args=[certificate.pk]) in words
    assert "<svg" in words
    assert page["Cache-Control"] == "private, no-store"
    pdf = client.get(reverse("training:certificate_pdf", args=[certificate.pk]))
    assert pdf["Content-Disposition"] == f'attachment; filename="{certificate.code}.pdf"'
    picture = reverse("training:certificate_picture", args=[certificate.pk])
    assert client.get(picture)["Content-Disposition"].startswith("inline")
    assert client.get(picture, {"download": ""})["Content-Disposition"].startswith("attachment")


def test_another_persons_certificate_does_not_exist_for_me(client, certificate):
    client.force_login(learner(certificate.enrolment.school))
    for name in ("certificate", "certificate_pdf", "certificate_picture"):
        assert client.get(reverse(f"training:{name}", args=[certificate.pk])).status_code == 404


def test_the_last_cycle_is_what_pages_are_about(certificate):
    enrol(course=certificate.course, person=certificate.person, by=certificate.person, today=days_later(330))
    assert latest_enrolment(certificate.person, certificate.course).cycle == 2
