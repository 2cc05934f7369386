"""The letter itself: one page with the minimum in Chinese, readable by machines and by WeChat, on the record when it leaves."""

import io

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from screening.referrals.letter import LINES, LetterStopped, give_out
from screening.referrals.models import Referral
from screening.referrals.refer import issue_letter, save_letter
from tests.factories.cases import LETTER, STORY, SchoolWithPeople, a_case, a_referral, login
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> SchoolWithPeople:
    return SchoolWithPeople()


def issued(people, name="王小平", **letter) -> Referral:
    referral = a_referral(people, a_case(people, "high", people.child(name=name)), "given")
    if letter:
        save_letter(user=people.counselor, referral=referral, version=referral.version, **{**LETTER, **letter})
    issue_letter(user=people.counselor, referral=referral, minimum_checked=True)
    return Referral.objects.select_related("case__student", "case__school", "consent").get(pk=referral.pk)


def read(content: bytes) -> tuple[pypdf.PdfReader, str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return reader, "".join("".join(page.extract_text() for page in reader.pages).split())


def test_it_says_the_minimum_and_nothing_of_the_story(client, people):
    referral = issued(people, name="马骉")
    answer = login(client, people.counselor).get(reverse("screening:letter_pdf", args=[referral.pk]))
    assert answer["Content-Type"] == "application/pdf"
    reader, text = read(answer.content)
    assert len(reader.pages) == 1
    day = timezone.localdate()
    for part in (
        *("马骉", "女", f"{referral.case.student.age_on(day)}岁", referral.case.school.name, "心理咨询室"),
        *(str(people.counselor), "010-00000000", "12356", "不是诊断", "不含测评分数", "回执"),
        *("孩子的母亲已于", "以当面方式同意", f"{day.year}年{day.month}月{day.day}日"),
        *(value.replace(" ", "") for value in LETTER.values()),
    ):
        assert part.replace(" ", "") in text, part
    for word in (*STORY, "高危", "重点关注", "界值", "合计", referral.case.number, "某家长"):
        assert word not in text, word


def test_neither_title_nor_file_name_says_who_it_is_about(client, people):
    referral = issued(people)
    answer = login(client, people.counselor).get(reverse("screening:letter_pdf", args=[referral.pk]))
    reader, _text = read(answer.content)
    assert reader.metadata.title.startswith("转介函")
    assert "王小平" not in reader.metadata.title
    code = str(referral.pk).split("-")[0]
    assert answer["Content-Disposition"] == f'attachment; filename="referral-{code}.pdf"'
    assert "no-store" in answer["Cache-Control"]


def test_it_is_readable_by_a_screen_reader(people):
    reader, _text = read(give_out(user=people.counselor, referral=issued(people), form="pdf"))
    assert reader.root_object["/Lang"] == "zh-Hans"
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in reader.root_object["/Metadata"].get_object().get_data()


@pytest.mark.parametrize("lines", [6, 12, LINES])
def test_it_is_one_page_however_long_it_may_be(people, lines):
    text = "\n".join(
        "最近两周常常难过不愿意参加活动早上到校门口要人陪着才肯进来课间一个人坐着不说话" for _ in range(lines - 2)
    )
    referral = issued(people, observed=text or "难过", done_so_far="谈话", asked="请帮助")
    reader, _text = read(give_out(user=people.counselor, referral=referral, form="pdf"))
    assert len(reader.pages) == 1


def test_taking_it_out_is_recorded_in_each_form(client, people):
    referral = issued(people)
    login(client, people.deputy)
    client.get(reverse("screening:letter_pdf", args=[referral.pk]))
    client.get(reverse("screening:letter_picture", args=[referral.pk, 1]))
    taken = AuditEntry.objects.filter(action="referral.export").order_by("pk")
    assert [(entry.actor, entry.details["form"]) for entry in taken] == [
        (people.deputy, "pdf"),
        (people.deputy, "picture"),
    ]
    assert {entry.student_id for entry in taken} == {referral.case.student_id}


def test_its_page_is_a_picture_for_wechat(client, people):
    referral = issued(people)
    login(client, people.counselor)
    page = client.get(reverse("screening:letter", args=[referral.pk]))
    address = reverse("screening:letter_picture", args=[referral.pk, 1])
    assert address in page.text
    picture = client.get(address)
    assert Image.open(io.BytesIO(picture.content)).size == (1240, 1754)
    assert len(picture.content) < 400_000
    assert client.get(reverse("screening:letter_picture", args=[referral.pk, 2])).status_code == 404


def test_a_draft_gives_out_nothing(client, people):
    referral = a_referral(people, until="given")
    with pytest.raises(LetterStopped):
        give_out(user=people.counselor, referral=referral, form="pdf")
    login(client, people.counselor)
    assert client.get(reverse("screening:letter_pdf", args=[referral.pk])).status_code == 409
    assert client.get(reverse("screening:letter", args=[referral.pk])).status_code == 302
