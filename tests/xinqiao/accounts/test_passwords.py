"""Password rules, and one's own password: changed, forgotten, chosen by an administrator before."""

import re

import pytest
import time_machine
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tasks.letters import render_letter
from tasks.models import OutboxMessage
from tests.factories.accounts import PASSWORD, UserFactory, person_with
from tests.factories.logins import log_in, with_app
from xinqiao.accounts.enums import Role
from xinqiao.accounts.passwords import is_schoolish
from xinqiao.audit.models import AuditEntry

NEW = "huangniu-zuotian-chi-caomei"


def refused(password: str, user=None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {each.code for each in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        *(
            "woaini1314",
            "woaini5201314",
            "12345678900",
            "1234567890",
            "qwertyuiop",
            "laoshi123456",
            "xinqiaodemo1",
            "Xinqiao-Demo",
        ),
        *(
            "52013145201314",
            "mimamima123",
            "aaaaaaaaaaaa",
            "abababababab",
            "password1234",
            "zhongguo2026",
            "asdfghjkl123",
            "teacherteacher",
        ),
    ],
)
def test_what_everybody_tries_is_refused(password):
    assert "common" in refused(password)


@pytest.mark.parametrize(
    "password",
    [NEW, "小明昨天吃了三个草莓蛋糕", "correct horse battery", "mitag regen blau 17", "chuntianlaileyanziyelaile"],
)
def test_a_sentence_of_ones_own_is_taken_without_signs_or_capitals(password):
    assert refused(password) == set()


def test_nine_are_too_few_and_ten_enough():
    assert refused("shu-ma-fe") == {"too_short"}
    assert refused("shu-ma-fei") == set()


@pytest.mark.django_db
def test_whoever_may_open_a_story_needs_twelve():
    assert refused("shu-ma-fei", person_with(Role.COUNSELOR)) == {"too_short"}
    assert refused("shu-ma-fei", person_with(Role.MORAL_EDUCATION)) == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "password", ["wangxiaofang", "wangxiaofang88", "xiaofangwang1", "王小芳王小芳88", "fang.wang2026", "laoshi-fangw1"]
)
def test_ones_own_name_is_refused_in_letters_and_pinyin(password):
    person = UserFactory(display_name="王小芳", username="laoshi-fangw", email="fang.wang@school.example")
    assert "like_the_name" in refused(password, person)


@given(st.text(alphabet="bcdfghjkmnpqrtvwxyz", min_size=14, max_size=30).filter(lambda text: len(set(text)) > 7))
def test_letters_without_sense_are_never_taken_for_a_word_of_the_school(text):
    assert not is_schoolish(text)


@given(
    st.sampled_from(["woaini", "laoshi", "xinqiao", "mima"]),
    st.integers(0, 99999),
    st.sampled_from(["", "!", "@", "."]),
)
def test_a_word_of_the_school_stays_one_with_figures_and_signs_around_it(word, number, sign):
    assert is_schoolish(f"{word}{number}{sign}")
    assert is_schoolish(f"{number}{word}{sign}")


def test_the_help_is_said_in_sentences():
    assert len(password_validators_help_texts()) == 3


# One's own


@pytest.mark.django_db
def test_the_present_password_is_asked_for_and_guessing_at_it_is_counted(client):
    person = UserFactory()
    client.force_login(person)
    form = {"new_password1": NEW, "new_password2": NEW}
    for _ in range(20):
        answer = client.post("/accounts/password/", {**form, "old_password": "wrong"})
    assert answer.status_code == 422
    assert client.post("/accounts/password/", {**form, "old_password": PASSWORD}).status_code == 422
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


@pytest.mark.django_db
def test_two_that_differ_and_a_common_one_are_said_beside_their_fields(client):
    client.force_login(UserFactory())
    answer = client.post(
        "/accounts/password/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW + "x"}
    )
    assert "new_password2" in answer.context["form"].errors
    common = {"old_password": PASSWORD, "new_password1": "woaini1314", "new_password2": "woaini1314"}
    assert "new_password1" in client.post("/accounts/password/", common).context["form"].errors


@pytest.mark.django_db
def test_a_password_that_an_administrator_chose_is_changed_before_anything_else(client):
    person = UserFactory(must_change_password=True)
    assert log_in(client, person).status_code == 302
    for path in ("/accounts/start/", "/accounts/me/", "/training/", "/"):
        assert client.get(path)["Location"] == "/accounts/password/"
    assert client.get("/accounts/start/", headers={"HX-Request": "true"}).status_code == 401
    client.post("/accounts/password/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    assert client.get("/accounts/me/").status_code == 200


def letter_to(person) -> str:
    order = OutboxMessage.objects.get(recipient=person, payload__context__event="password_forgotten").payload
    return render_letter(order["template"], order["context"], person).text


def link_in(text: str) -> str:
    return re.search(r"https?://[^/]+(/accounts/password/new/\S+)", text).group(1)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["wangji", "wangji@school.example", "WANGJI"])
def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail_once(client, typed):
    person = UserFactory(username="wangji", email="wangji@school.example")
    client.post("/accounts/password/forgotten/", {"login": typed})
    link = link_in(letter_to(person))
    form = client.get(link)["Location"]
    assert link.split("/")[-2] not in form
    assert client.post(form, {"new_password1": NEW, "new_password2": NEW})["Location"] == "/accounts/login/"
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert "_auth_user_id" not in client.session
    assert "validlink" in client.get(link).context
    assert not client.get(link).context["validlink"]
    assert AuditEntry.objects.filter(action="password.reset").count() == 1


@pytest.mark.django_db
def test_the_link_is_over_after_an_hour(client):
    person = UserFactory(username="wangji")
    with time_machine.travel(timezone.now()) as clock:
        client.post("/accounts/password/forgotten/", {"login": "wangji"})
        link = link_in(letter_to(person))
        clock.shift(3700)
        assert not client.get(link).context["validlink"]


@pytest.mark.django_db
def test_the_token_lies_in_no_table(client):
    person = UserFactory(username="wangji")
    client.post("/accounts/password/forgotten/", {"login": "wangji"})
    order = OutboxMessage.objects.get(recipient=person)
    assert set(order.payload["context"]) == {"event", "person"}


@pytest.mark.django_db
def test_the_page_says_the_same_for_a_name_that_nobody_has(client):
    UserFactory(username="wangji")
    known = client.post("/accounts/password/forgotten/", {"login": "wangji"})
    unknown = client.post("/accounts/password/forgotten/", {"login": "niemand"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_nobody_is_mailed_by_the_hundred(client):
    UserFactory(username="wangji")
    for _ in range(30):
        client.post("/accounts/password/forgotten/", {"login": "wangji"})
    assert OutboxMessage.objects.count() == 5


@pytest.mark.django_db
def test_a_new_password_by_mail_does_not_pass_by_the_second_factor(client):
    person = UserFactory(username="wangji")
    with_app(person)
    client.post("/accounts/password/forgotten/", {"login": "wangji"})
    form = client.get(link_in(letter_to(person)))["Location"]
    client.post(form, {"new_password1": NEW, "new_password2": NEW})
    assert log_in(client, person, NEW)["Location"] == "/accounts/2fa/authenticate/"
