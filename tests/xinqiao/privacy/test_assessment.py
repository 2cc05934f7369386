"""The impact assessment: a draft says what is missing, two people do not overwrite each other, signed off it stays."""

import datetime
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests.factories.consents import AskingSchool, login
from xinqiao.accounts.access import NotPermitted
from xinqiao.privacy.assessment import (
    PARTS,
    Conflict,
    StillMissing,
    draft_for,
    missing,
    save_draft,
    sign_off,
)
from xinqiao.privacy.models import ImpactAssessment
from xinqiao.privacy.risks import RISKS
from xinqiao.refused import NotThisState

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return AskingSchool()


def whole(**more):
    return {
        "words": {key: f"本校的说明：{key}" for key in PARTS},
        "ratings": {risk.key: {"likelihood": 1, "impact": 3, "note": ""} for risk in RISKS},
        "conclusion": "go",
        "next_review_on": timezone.localdate() + datetime.timedelta(days=365),
        **more,
    }


def signed(place):
    draft = draft_for(user=place.principal, school=place.school)
    saved = save_draft(user=place.principal, assessment=draft, version=draft.version, **whole())
    return sign_off(user=place.principal, assessment=saved, version=saved.version)


def test_a_draft_always_says_what_is_missing(place):
    draft = draft_for(user=place.principal, school=place.school)
    today = timezone.localdate()
    assert len(missing(draft, today)) == 3 + len(RISKS) + 2  # three texts, the ratings, conclusion and review
    with pytest.raises(StillMissing):
        sign_off(user=place.principal, assessment=draft, version=draft.version)
    saved = save_draft(
        user=place.principal, assessment=draft, version=1, **whole(next_review_on=today)
    )  # fmt: skip
    assert missing(saved, today) == ["下次复核日期（今天以后）"]


def test_there_is_one_draft_and_it_begins_with_the_last_signed_words(place):
    first = signed(place)
    draft = draft_for(user=place.principal, school=place.school)
    assert draft_for(user=place.principal, school=place.school) == draft
    assert (draft.number, draft.words, draft.conclusion) == (2, first.words, "")


def test_two_people_do_not_overwrite_each_other(place, client):
    draft = draft_for(user=place.principal, school=place.school)
    save_draft(user=place.principal, assessment=draft, version=1, **whole())
    with pytest.raises(Conflict):
        save_draft(user=place.principal, assessment=draft, version=1, **whole(conclusion="stop"))
    form = {"version": 1, "w-purpose": "另一位写的"}
    answer = login(client, place.principal).post(reverse("privacy:assessment", args=[draft.pk]), form)
    assert answer.status_code == 409
    assert "另一位写的" in answer.content.decode()
    assert "本校的说明：purpose" in answer.content.decode()


def test_signed_off_it_stays_with_the_facts_of_its_day(place):
    done = signed(place)
    labels = [fact["label"] for fact in done.facts["facts"]]
    assert {"加密的字段与使用中的密钥", "能查看谈话与评估内容的人数", "审计记录最近一次在库外留证"} <= set(labels)
    with pytest.raises(NotThisState):
        save_draft(user=place.principal, assessment=done, version=done.version, **whole())
    for change in ({"words": {}}, {"signed_at": None}, {"conclusion": "stop"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ImpactAssessment.objects.filter(pk=done.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        done.delete()


def test_the_database_signs_nothing_that_is_not_whole(place):
    draft = draft_for(user=place.principal, school=place.school)
    with pytest.raises(DatabaseError), transaction.atomic():
        ImpactAssessment.objects.filter(pk=draft.pk).update(signed_at=timezone.now())


def test_only_who_keeps_privacy_writes_it(place):
    for user in (place.counselor, place.homeroom):
        with pytest.raises(NotPermitted):
            draft_for(user=user, school=place.school)


def test_the_form_keeps_words_and_ratings_and_then_signs(place, client):
    login(client, place.principal).post(reverse("privacy:assessment_begin"))
    draft = ImpactAssessment.objects.get(school=place.school)
    address = reverse("privacy:assessment", args=[draft.pk])
    page = client.get(address).content.decode()
    assert "初步排查" in page
    form = {
        "version": 1,
        "conclusion": "conditions",
        "next_review_on": (timezone.localdate() + datetime.timedelta(days=200)).isoformat(),
        **{f"w-{key}": "写好了" for key in PARTS},
        **{f"r-{risk.key}-{what}": "2" for risk in RISKS for what in ("likelihood", "impact")},
    }
    assert client.post(address, form).status_code == 302
    assert "内容已齐全" in client.get(address).content.decode()
    client.post(reverse("privacy:assessment_sign", args=[draft.pk]), {"version": 2})
    draft.refresh_from_db()
    assert (draft.signed, draft.conclusion, draft.ratings["label"]["impact"]) == (True, "conditions", 2)
    assert "落实所列措施后可以进行" in client.get(address).content.decode()


def test_the_document_is_a_pdf_with_a_picture_of_its_pages(place, client):
    done = signed(place)
    login(client, place.principal)
    content = client.get(reverse("privacy:assessment_pdf", args=[done.pk])).content
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    for words in ("个人信息保护影响评估", "本校的说明", "风险与措施", "可以照此进行", "签字"):
        assert words in text.replace("\n", "")
    picture = client.get(reverse("privacy:assessment_picture", args=[done.pk, 1]))
    assert (picture.status_code, picture.content[:4]) == (200, b"\x89PNG")
    assert client.get(reverse("privacy:assessment_picture", args=[done.pk, 99])).status_code == 404
