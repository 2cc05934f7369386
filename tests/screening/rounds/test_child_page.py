"""One child: the page without a script, what the script is answered, and changing what was submitted."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from screening.instruments.answers import seen
from screening.rounds.enums import Considered
from screening.rounds.models import Response
from screening.rounds.summaries import rebuild
from tests.factories.accounts import UserFactory
from tests.factories.screening import A_CRITICAL_SIGN, A_SIGN, ResponseFactory, pass_of_a_class

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def class_pass():
    return pass_of_a_class(2)


@pytest.fixture
def client(class_pass):
    client = Client()
    client.force_login(class_pass.teacher)
    return client


def address(class_pass, name="child", student=None):
    return reverse(
        f"screening:{name}",
        kwargs={
            "round_id": class_pass.round_id,
            "class_id": class_pass.school_class_id,
            "student_id": (student or class_pass.kids[0]).pk,
        },
    )


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def marked(row):
    return seen(row.class_pass.round.instrument_version.parsed, row.unpacked)


# -- the script's answers


def test_the_script_is_told_the_version_and_what_is_stored(client, class_pass):
    answer = client.post(address(class_pass), {"version": 0, "s-e1": "2", "note": "一句"}, headers=JSON)
    assert answer.status_code == 200
    said = answer.json()
    assert said.pop("saved_at")
    assert said == {"version": 1, "considered": "marked", "answers": {"e1": 2}, "note": "一句", "told": False}


def test_a_conflict_shows_the_script_the_other_version(client, class_pass):
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs={"b1": 3}, version=2)
    answer = client.post(address(class_pass), {"version": 1, "s-e1": "2"}, headers=JSON)
    assert answer.status_code == 409
    said = answer.json()
    assert (said["conflict"], said["version"], said["answers"]) == (True, 2, {"b1": 3})
    assert marked(Response.objects.get()) == {"b1": 3}


def test_what_is_sent_again_because_its_answer_was_lost_is_simply_there(client, class_pass):
    for _try in range(2):
        answer = client.post(address(class_pass), {"version": 0, "s-e1": "2"}, headers=JSON)
        assert (answer.status_code, answer.json()["version"]) == (200, 1)


def test_a_critical_sign_is_answered_with_having_told_the_counselor(client, class_pass):
    assert client.post(address(class_pass), {"version": 0, "s-e5": "1"}, headers=JSON).json()["told"] is True


@pytest.mark.parametrize(
    "data", [{"s-e1": "9"}, {"s-zz": "1"}, {"s-e1": "x"}, {"version": "x"}, {"considered": "group"}]
)
def test_the_script_is_told_in_a_sentence_what_is_refused(client, class_pass, data):
    answer = client.post(address(class_pass), {"version": 0, **data}, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["refused"]
    assert not Response.objects.exists()


def test_after_the_class_is_submitted_the_script_hears_how_to_go_on():
    class_pass = pass_of_a_class(1, submitted=True)
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0])
    client = Client()
    client.force_login(class_pass.teacher)
    answer = client.post(address(class_pass), {"version": 1, "s-e1": "2"}, headers=JSON)
    assert answer.status_code == 422
    assert "已经提交" in answer.json()["refused"]


def test_without_a_session_the_script_is_told_where_to_log_in_and_nothing_is_saved(client, class_pass):
    owner = page_of(client.get(reverse("screening:class_form", args=[class_pass.round_id, class_pass.school_class_id])))
    token = owner.select_one("[data-class-form]")["data-owner"]
    answer = Client().post(address(class_pass), {"version": 0, "s-e1": "2"}, headers={**JSON, "X-Form-Owner": token})
    assert answer.status_code == 401
    assert "/accounts/login/" in answer.json()["login"]
    assert not Response.objects.exists()


# -- the page


def test_the_page_shows_every_sign_with_what_is_chosen(client, class_pass):
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs={"e1": 2}, note="一句")
    page = page_of(client.get(address(class_pass)))
    assert len(page.select("fieldset.sign")) == 30
    assert page.select_one("input[name=s-e1][checked]")["value"] == "2"
    assert page.select_one("textarea[name=note]").text.strip() == "一句"
    assert class_pass.kids[0].name not in page.title.text


@pytest.mark.parametrize(
    ("data", "considered"),
    [
        ({"s-e1": "2"}, "marked"),
        ({"considered": "confirmed"}, "confirmed"),
        ({"considered": "absent"}, "absent"),
        ({}, ""),
    ],
)
def test_its_buttons_save_and_lead_back_to_the_row(client, class_pass, data, considered):
    response = client.post(address(class_pass), {"version": 0, "note": "", **data})
    assert response["Location"].endswith(f"#c{class_pass.kids[0].pk}")
    assert Response.objects.get().considered == considered


def test_a_critical_sign_leads_to_what_to_do_now(client, class_pass):
    school = class_pass.round.school
    type(school).objects.filter(pk=school.pk).update(counselling_room="综合楼二层", phone="010-1234")
    response = client.post(address(class_pass), {"version": 0, "s-b5": "1"}, follow=True)
    notice = page_of(response).select_one(".act-now").get_text()
    assert "不要让孩子独处" in notice
    assert "综合楼二层" in notice
    assert "010-1234" in notice
    assert "12356" in notice


def test_a_colleague_of_the_class_neither_reads_nor_overwrites_the_sentence(client, class_pass):
    colleague = UserFactory()
    row = ResponseFactory(
        class_pass=class_pass, student=class_pass.kids[0], signs={"e1": 2}, note="别的话", note_by=colleague
    )
    page = client.get(address(class_pass))
    assert "别的话" not in page.content.decode()
    assert not page_of(page).select("textarea[name=note]")
    form = client.get(reverse("screening:class_form", args=[class_pass.round_id, class_pass.school_class_id]))
    assert "别的话" not in form.content.decode()
    refused = client.post(address(class_pass), {"version": row.version, "s-e1": "1", "note": "我的话"})
    assert refused.status_code == 409
    assert "我的话" in refused.content.decode()
    assert "别的话" not in refused.content.decode()
    by_script = client.post(address(class_pass), {"version": 0, "s-e1": "1"}, headers=JSON)
    assert by_script.status_code == 409
    assert by_script.json()["note"] == ""
    assert client.post(address(class_pass), {"version": row.version, "s-e1": "1", "note": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.note, row.note_by, marked(row)) == ("别的话", colleague, {"e1": 1})


def test_a_conflict_shows_both_versions_and_saving_again_replaces_the_other(client, class_pass):
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs={"b1": 3}, note="别的话")
    response = client.post(address(class_pass), {"version": 0, "s-e1": "2", "note": "我的话"})
    page = page_of(response)
    assert response.status_code == 409
    assert "总是一个人待着" in page.select_one(".notice.warm").get_text()
    assert "别的话" in page.select_one(".notice.warm").get_text()
    assert page.select_one("input[name=s-e1][checked]")["value"] == "2"
    assert page.select_one("textarea[name=note]").text.strip() == "我的话"
    again = {"version": page.select_one("input[name=version]")["value"], "s-e1": "2", "note": "我的话"}
    assert client.post(address(class_pass), again).status_code == 302
    assert marked(Response.objects.get()) == {"e1": 2}


def test_what_cannot_be_read_is_said_and_nothing_is_saved(client, class_pass):
    response = client.post(address(class_pass), {"version": 0, "s-e1": "9"})
    assert response.status_code == 422
    assert "请从列出的选项中选一个" in page_of(response).get_text()
    assert not Response.objects.exists()


def test_a_child_of_another_class_is_not_found_here(client, class_pass):
    other = pass_of_a_class(1)
    assert client.get(address(class_pass, student=other.kids[0])).status_code == 404


@pytest.mark.parametrize(("name", "submitted", "queries"), [("child", False, 6), ("amend", True, 6)])
def test_a_childs_page_takes_few_queries(name, submitted, queries, django_assert_num_queries):
    class_pass = pass_of_a_class(1, submitted=submitted)
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs=A_SIGN)
    client = Client()
    client.force_login(class_pass.teacher)
    with django_assert_num_queries(queries):
        client.get(address(class_pass, name))


# -- changing what was submitted


@pytest.fixture
def submitted():
    class_pass = pass_of_a_class(1, submitted=True)
    class_pass.row = ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs=A_SIGN)
    rebuild(class_pass.round)
    class_pass.client = Client()
    class_pass.client.force_login(class_pass.teacher)
    return class_pass


def test_each_address_leads_to_the_other_as_the_class_stands(client, class_pass, submitted):
    assert client.get(address(class_pass, "amend"))["Location"] == address(class_pass)
    assert submitted.client.get(address(submitted))["Location"] == address(submitted, "amend")


def test_a_change_with_a_reason_is_a_new_version_and_is_shown_afterwards(submitted):
    data = {"version": 1, "s-e1": "2", "note": "", "reason": "周三又看到一次"}
    response = submitted.client.post(address(submitted, "amend"), data, follow=True)
    assert "已修改" in page_of(response).get_text()
    assert Response.objects.count() == 2
    assert "周三又看到一次" in page_of(submitted.client.get(address(submitted, "amend"))).get_text()


def test_without_a_reason_what_was_chosen_stays_on_the_page(submitted):
    response = submitted.client.post(address(submitted, "amend"), {"version": 1, "s-e1": "3", "reason": ""})
    page = page_of(response)
    assert response.status_code == 422
    assert page.select_one("input[name=s-e1][checked]")["value"] == "3"
    assert page.select_one("[name=reason][aria-invalid]")
    assert Response.objects.count() == 1


def test_a_change_of_an_older_version_is_refused(submitted):
    data = {"version": 1, "s-e1": "2", "note": "", "reason": "周三又看到一次"}
    submitted.client.post(address(submitted, "amend"), data)
    response = submitted.client.post(address(submitted, "amend"), {**data, "s-e1": "3"})
    assert response.status_code == 409
    assert Response.objects.count() == 2


def test_a_critical_sign_added_later_leads_to_what_to_do_now(submitted):
    data = {"version": 1, "s-b5": "1", "note": "", "reason": "今天看到"}
    response = submitted.client.post(address(submitted, "amend"), data, follow=True)
    assert page_of(response).select_one(".act-now")


def test_considered_words_are_those_of_the_teacher(submitted):
    submitted.client.post(address(submitted, "amend"), {"version": 1, "note": "", "reason": "听错了"})
    assert Response.objects.current().get().considered == Considered.CONFIRMED


def test_a_critical_childs_page_is_as_small_as_any(class_pass, client):
    ResponseFactory(class_pass=class_pass, student=class_pass.kids[0], signs=A_CRITICAL_SIGN)
    assert len(client.get(address(class_pass)).content) <= 40 * 1024
