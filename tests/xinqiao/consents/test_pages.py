"""The pages: the school's overview and class, a child's history, slips in one form, and a guardian's own answers on a phone."""

import io

import msoffcrypto
import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests.factories.consents import SCREENING, AskingSchool, login
from xinqiao.audit.models import AuditEntry
from xinqiao.consents.models import Consent, ConsentRule, ConsentText
from xinqiao.consents.standing import stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return AskingSchool()


def text_of(response) -> str:
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True)


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.parametrize("children", [2, 9])
def test_the_overview_asks_the_database_as_often_for_many_as_for_few(
    place, client, django_assert_num_queries, children
):
    for _ in range(children):
        place.asked(place.child())
    AskingSchool(place.school).child()
    login(client, place.counselor).get(reverse("consents:overview"))
    with django_assert_num_queries(12):
        client.get(reverse("consents:overview"))


@pytest.mark.parametrize("children", [2, 9])
def test_a_class_takes_the_same_queries_however_many_children(place, client, django_assert_num_queries, children):
    for number in range(children):
        place.said(place.child(), given=number % 2 == 0)
    address = reverse("consents:class_page", args=[SCREENING, place.school_class.pk])
    login(client, place.homeroom).get(address)
    with django_assert_num_queries(8):
        client.get(address)


def test_the_overview_counts_by_class(place, client):
    for given in (True, True, False):
        place.said(place.child(), given=given)
    place.asked(place.child())
    place.child()
    row = page_of(login(client, place.counselor).get(reverse("consents:overview"))).select_one("tbody tr")
    assert [int(cell.text) for cell in row.select("td.num")[:7]] == [5, 2, 1, 0, 1, 1, 0]


def test_a_homeroom_teacher_sees_the_own_class_and_no_kind_that_singles_out_a_child(place, client):
    place.said(place.child(), given=False, kind="counselling")
    AskingSchool(place.school).child()
    page = page_of(login(client, place.homeroom).get(reverse("consents:overview")))
    assert len(page.select("tbody tr")) == 1
    assert [tab.text for tab in page.select(".tabs a")] == ["心理筛查与心理档案", "请孩子填写问卷"]
    assert client.get(reverse("consents:class_page", args=["counselling", place.school_class.pk])).status_code == 404


def test_the_principal_sees_numbers_and_no_childs_name(place, client):
    child = place.child()
    place.said(child, given=True)
    response = login(client, place.principal).get(reverse("consents:overview"))
    assert child.name not in text_of(response)
    assert client.get(reverse("consents:child", args=[child.pk])).status_code == 403


def test_a_class_is_asked_from_its_page(place, client):
    place.child()
    address = reverse("consents:ask", args=[SCREENING])
    page = page_of(login(client, place.homeroom).get(address))
    assert "单独征求您的同意" in page.main.get_text()
    day = timezone.localdate().isoformat()
    answer = client.post(address, {"scope": f"class-{place.school_class.pk}", "due_on": day}, follow=True)
    assert "已向 1 个孩子的监护人征求同意" in answer.content.decode()
    again = client.post(address, {"scope": f"class-{place.school_class.pk}", "due_on": day})
    assert (again.status_code, "都已征求过" in again.content.decode()) == (422, True)
    assert client.post(address, {"scope": "school-1", "due_on": day}).status_code == 422
    assert client.post(address, {"scope": f"class-{place.school_class.pk}", "due_on": "2020-01-01"}).status_code == 422


def test_slips_are_ticked_in_one_form_and_what_is_not_ticked_stays_open(place, client):
    first, second, third = place.child(), place.child(guardians=2), place.child()
    for child in (first, second, third):
        place.asked(child)
    address = reverse("consents:paper", args=[SCREENING, place.school_class.pk])
    page = page_of(login(client, place.homeroom).get(address))
    assert len(page.select(".slips > li")) == 3
    assert len(page.select(f"select[name=g-{second.pk}] option")) == 2
    form = {
        "signed_on": timezone.localdate().isoformat(),
        "evidence": "班级文件夹",
        f"a-{first.pk}": "yes",
        f"g-{first.pk}": str(first.parents[0].pk),
        f"a-{second.pk}": "no",
        f"g-{second.pk}": str(second.parents[1].pk),
        f"a-{third.pk}": "",
    }
    foreign = {**form, f"g-{first.pk}": str(second.parents[0].pk)}
    assert client.post(address, foreign).status_code == 422
    assert not Consent.objects.exclude(state="requested").exists()
    assert client.post(address, form).status_code == 302
    states = dict(Consent.objects.values_list("student", "state"))
    assert states == {first.pk: "given", second.pk: "refused", third.pk: "requested"}
    assert client.post(address, {**form, f"a-{first.pk}": "", f"a-{second.pk}": ""}).status_code == 422


def test_a_childs_page_shows_what_was_said_and_takes_another_word(place, client):
    child = place.child()
    place.said(child, given=True)
    address = reverse("consents:child", args=[child.pk])
    words = text_of(login(client, place.homeroom).get(address))
    assert "电话里说的" in words
    form = {
        "guardian": child.parents[0].pk,
        "how": "in_person",
        "answered_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "evidence": "当面说的",
        "given": "no",
    }
    answer = client.post(reverse("consents:answer", args=[child.pk, SCREENING]), form, follow=True)
    assert "已登记撤回" in answer.content.decode()
    row = Consent.objects.get(student=child)
    assert (row.state, row.withdrawn_by, row.withdrawn_how, row.withdrawal_evidence) == (
        "withdrawn",
        child.parents[0],
        "in_person",
        "当面说的",
    )


def test_no_form_takes_a_guardian_of_another_child_or_one_who_is_restricted(place, client):
    child, other = place.child(), place.child()
    restricted = place.guardian(child, restricted=True)
    place.asked(child)
    form = {
        "how": "phone",
        "answered_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "evidence": "电话",
        "given": "yes",
    }
    login(client, place.homeroom)
    for guardian in (other.parents[0], restricted):
        answer = client.post(
            reverse("consents:answer", args=[child.pk, SCREENING]), {**form, "guardian": guardian.pk}
        )  # fmt: skip
        assert answer.status_code == 422
    assert Consent.objects.get(student=child).state == "requested"


def test_the_spreadsheet_runs_no_formula_and_its_taking_is_on_record(place, client):
    child = place.child(name="=HYPERLINK(1)")
    place.said(child, given=True)
    address = reverse("consents:export_class", args=[SCREENING, place.school_class.pk])
    seal = {"purpose": "work", "password": "kx7m-pw3d-h9tq-2mza"}
    sealed = msoffcrypto.OfficeFile(io.BytesIO(login(client, place.homeroom).post(address, seal).content))
    sealed.load_key(password=seal["password"], verify_password=True)
    sealed.decrypt(content := io.BytesIO())
    cells = [str(cell) for row in CalamineWorkbook.from_filelike(io.BytesIO(content.getvalue())).get_sheet_by_index(0).to_python() for cell in row]  # fmt: skip
    assert "'=HYPERLINK(1)" in cells
    details = AuditEntry.objects.get(action="consent.export").details
    assert (details["children"], details["purpose"]) == (1, "work")
    assert seal["password"] not in str(details)


def test_a_guardian_reads_the_whole_text_and_answers_with_two_equal_buttons(place, client):
    child = place.child(account=True)
    question = place.asked(child)
    parent = child.parents[0].user
    own = page_of(login(client, parent).get(reverse("family_consents")))
    assert own.select_one(f"a[href='{reverse('family_consent', args=[question.pk])}']")
    page = page_of(client.get(reverse("family_consent", args=[question.pk])))
    yes, no = page.select(".answer-bar button")
    assert (yes["class"], yes["value"], no["value"]) == (no["class"], "yes", "no")
    for words in ("敏感个人信息", "保存多久", "您可以不同意，可以随时撤回", "12356", "立即不再为您的孩子填写观察表"):
        assert words in page.main.get_text()
    answer = client.post(reverse("family_consent", args=[question.pk]), {"answer": "yes"})
    assert answer["Location"] == reverse("family_consent_receipt", args=[question.pk])
    receipt = text_of(client.get(answer["Location"]))
    assert child.name in receipt
    assert "2026-11" in receipt
    assert stands(child, SCREENING)


def test_before_taking_it_back_a_guardian_reads_what_stops_and_what_goes_on(place, client):
    child = place.child(account=True)
    given = place.said(child, given=True)
    login(client, child.parents[0].user)
    address = reverse("family_consent_withdraw", args=[given.pk])
    words = text_of(client.get(address))
    assert "立即不再为您的孩子填写观察表" in words
    assert "仍会继续" in words
    assert stands(child, SCREENING)
    assert client.post(address).status_code == 302
    row = Consent.objects.get(pk=given.pk)
    assert (row.state, row.withdrawn_how, row.withdrawal_recorded_by) == (
        "withdrawn",
        "online",
        child.parents[0].user,
    )


def test_a_no_to_what_was_given_leads_to_the_page_that_says_what_stops(place, client):
    child = place.child(account=True)
    given = place.said(child, given=True)
    login(client, child.parents[0].user)
    answer = client.post(reverse("family_consent", args=[given.pk]), {"answer": "no"})
    assert answer["Location"] == reverse("family_consent_withdraw", args=[given.pk])
    assert stands(child, SCREENING)


def test_a_guardian_who_said_no_may_agree_later(place, client):
    child = place.child(account=True)
    refused = place.said(child, given=False)
    login(client, child.parents[0].user).post(reverse("family_consent", args=[refused.pk]), {"answer": "yes"})
    assert stands(child, SCREENING)
    assert Consent.objects.filter(student=child).count() == 2


def test_the_guardians_place_counts_each_question_that_waits(place, client):
    child = place.child(account=True)
    place.asked(child)
    place.asked(child, kind="questionnaire")
    assert "2 件待回复" in text_of(login(client, child.parents[0].user).get("/family/"))


def test_a_restricted_guardian_and_a_strangers_guess_find_nothing(place, client):
    child, other = place.child(account=True), place.child(account=True)
    question = place.asked(child)
    for name in ("family_consent", "family_consent_withdraw", "family_consent_receipt"):
        assert login(client, other.parents[0].user).get(reverse(name, args=[question.pk])).status_code == 404
    child.guardianships.update(restricted=True)
    assert login(client, child.parents[0].user).get(reverse("family_consent", args=[question.pk])).status_code == 404
    assert "学校还没有向您征求过同意" in text_of(client.get(reverse("family_consents")))


def test_new_words_are_brought_out_and_shown_with_what_is_different(place, client):
    child = place.child(account=True)
    place.said(child, given=True)
    address = reverse("consents:text", args=[SCREENING])
    login(client, place.principal)
    current = page_of(client.get(address)).select_one("textarea[name=text]").text
    form = {"text": current, "asks_again": "yes", "change": "增加家访"}
    assert client.post(address, form).status_code == 422  # the same words
    assert client.post(address, {**form, "text": current + "\n\n## 新增\n本学期起增加家访。"}).status_code == 302
    made = ConsentText.objects.order_by("-published_at").first()
    assert (made.asks_again, made.sections[-1]) == (True, {"heading": "新增", "text": "本学期起增加家访。"})
    question = place.asked(child)
    page = text_of(login(client, child.parents[0].user).get(reverse("family_consent", args=[question.pk])))
    assert "增加家访" in page


def test_what_is_required_is_saved_and_said(place, client):
    login(client, place.principal).post(reverse("consents:rules"), {"required": [SCREENING]})
    assert ConsentRule.objects.get(school=place.school).required == [SCREENING]
    assert "同意之前一律不进行" in text_of(client.get(reverse("consents:overview")))


def test_no_page_has_a_childs_name_in_its_title(place, client):
    child = place.child()
    place.asked(child)
    login(client, place.homeroom)
    for address in (
        reverse("consents:child", args=[child.pk]),
        reverse("consents:class_page", args=[SCREENING, place.school_class.pk]),
        reverse("consents:paper", args=[SCREENING, place.school_class.pk]),
    ):
        response = client.get(address)
        assert child.name not in page_of(response).title.text
        assert "no-store" in response["Cache-Control"]
