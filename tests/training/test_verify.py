"""The public page that says whether a certificate is real."""

import datetime
import re

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.training import certified, course_with, trainer_of
from training.certify import revoke
from training.codes import ALPHABET, new_code, normal_code
from training.masking import masked_name
from training.models import Certificate
from training.views import verify


@pytest.fixture
def certificate(db) -> Certificate:
    return certified(course_with(lessons=1, title="识别与应对"), display_name="王小明")


def ask(client, code: str):
    return client.get(reverse("training:certificate_verify", args=[code]))


def test_a_valid_one_shows_course_school_and_dates_and_of_the_name_only_the_family(client, certificate):
    page = ask(client, certificate.code)
    words = page.content.decode()
    assert (page.status_code, page.context["standing"]) == (200, "valid")
    assert "王**" in words
    assert "王小明" not in words
    assert certificate.school_name in words
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]


def test_the_code_on_the_certificate_opens_this_page(client, certificate):
    client.force_login(certificate.person)
    page = client.get(reverse("training:certificate", args=[certificate.pk]))
    client.logout()
    path = re.search(r"/certificates/verify/[^\"]+", page.context["verify_address"]).group()
    assert client.get(path).context["standing"] == "valid"


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "xq{1}", "{2}"])
def test_a_code_may_be_typed_in_any_manner(client, certificate, typed):
    code = certificate.code
    bare = code.removeprefix("XQ-").replace("-", "")
    wanted = typed.format(code, bare.lower(), code.replace("-", " "))
    page = client.get(reverse("training:certificate_lookup"), {"code": wanted}, follow=True)
    assert page.context["standing"] == "valid"


def test_an_unknown_code_is_not_found_and_says_what_to_do(client, db):
    page = ask(client, "XQ-2222-3333-4444")
    assert (page.status_code, page.context["standing"]) == (404, "unknown")


@pytest.mark.parametrize("typed", ["", "abc", "XQ-2222", "=1+1", "x" * 40])
def test_what_is_no_code_is_asked_for_again(client, db, typed):
    page = client.get(reverse("training:certificate_lookup"), {"code": typed})
    assert page.status_code == 200
    assert page.context["standing"] in {"", "malformed"}


def test_an_ended_one_is_real_but_ended(client, certificate):
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=400)):
        assert ask(client, certificate.code).context["standing"] == "expired"


def test_a_revoked_one_says_so_without_the_reason(client, certificate):
    revoke(certificate=certificate, by=trainer_of(certificate.enrolment.school), reason="代他人学习")
    page = ask(client, certificate.code)
    assert page.context["standing"] == "revoked"
    assert "代他人学习" not in page.content.decode()


def test_a_row_that_is_not_what_was_issued_says_so(certificate):
    certificate.score = 12
    assert verify.standing_of(certificate, certificate.issued_on) == "altered"


def test_too_many_tries_from_one_address_wait_a_minute(client, certificate):
    for _try in range(verify.LIMIT):
        assert ask(client, "XQ-2222-3333-4444").status_code == 404
    refused = ask(client, certificate.code)
    assert (refused.status_code, refused["Retry-After"]) == (429, str(verify.WINDOW))
    assert certificate.school_name not in refused.content.decode()


def test_it_costs_one_query_for_anybody(client, certificate, django_assert_num_queries):
    with django_assert_num_queries(1):
        ask(client, certificate.code)


def test_codes_have_no_letters_that_look_alike():
    assert not set("01ILOUV") & set(ALPHABET)
    assert all(re.fullmatch(rf"XQ(-[{ALPHABET}]{{4}}){{3}}", new_code()) for _each in range(50))


@given(st.text(max_size=60))
def test_whatever_is_typed_becomes_a_code_or_nothing(typed):
    code = normal_code(typed)
    assert code == "" or re.fullmatch(r"XQ(-[0-9A-Z]{4}){3}", code)
    assert normal_code(code) == code


@pytest.mark.parametrize(
    ("name", "masked"),
    [("王小明", "王**"), ("李明", "李*"), ("欧阳明", "欧阳*"), ("欧阳", "欧*"), ("Anna Schmidt", "A***"), ("", "")],
)
def test_names_are_masked_but_for_the_family(name, masked):
    assert masked_name(name) == masked
