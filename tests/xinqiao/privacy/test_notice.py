"""The privacy notice: the school's own data, the product's own facts, versions that stay; public on one page."""

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.factories.consents import AskingSchool, login
from tests.factories.content import public_site
from xinqiao.accounts.access import NotPermitted
from xinqiao.privacy.inventory import inventory, retention, who_sees
from xinqiao.privacy.models import PrivacyNotice
from xinqiao.privacy.notice import NothingNew, NotWhole, publish_notice, save_settings

pytestmark = pytest.mark.django_db
OWN = {"officer": "某副校长", "officer_duty": "副校长", "contact": "010-00000001", "address": "某市某路 1 号"}


@pytest.fixture
def place():
    return AskingSchool()


def published(place, **more):
    save_settings(user=place.principal, school=place.school, **{**OWN, **more})
    return publish_notice(user=place.principal, school=place.school, change=more.get("change", ""))


def test_a_notice_goes_out_only_when_it_names_who_is_responsible(place):
    with pytest.raises(NotWhole):
        publish_notice(user=place.principal, school=place.school)
    notice = published(place)
    assert (notice.number, notice.content["officer"], notice.content["school"]) == (1, "某副校长", place.school.name)
    with pytest.raises(NothingNew):
        publish_notice(user=place.principal, school=place.school)
    assert published(place, more="本校每学期开一次家长会。").number == 2


def test_only_who_keeps_privacy_changes_it(place):
    for user in (place.counselor, place.homeroom):
        with pytest.raises(NotPermitted):
            save_settings(user=user, school=place.school, **OWN)
        with pytest.raises(NotPermitted):
            publish_notice(user=user, school=place.school)


def test_the_inventory_says_of_each_kind_what_for_on_which_ground_who_sees_it_and_how_long(place):
    rows = inventory(place.school)
    assert all(all(row.values()) for row in rows)
    by_label = {row["label"]: row for row in rows}
    story = by_label["二次评估、个别辅导与心理档案"]
    assert story["seen_by"] == "校长（仅限高危个案）、副校长（仅限高危个案）、心理教师（全校）"
    assert "单独同意" in story["basis"]
    assert by_label["初步排查"]["seen_by"] == "心理教师（全校）、班主任（本班）"
    assert [row for row in retention(place.school) if row["label"] and row["months"] and row["counts_from"]]
    assert who_sees() == ""


def test_the_public_page_shows_the_schools_notice(place, client):
    public_site()
    page = client.get("/privacy/").content.decode()
    assert "某副校长" not in page
    notice = published(place)
    page = client.get("/privacy/").content.decode()
    for words in ("某副校长", "010-00000001", place.school.name, "未满十四周岁", "怎样行使", "12356"):
        assert words in page
    assert reverse("privacy:notice", args=[notice.pk]) in page


def test_earlier_versions_stay_readable_for_everybody(place, client):
    first = published(place)
    second = published(place, contact="010-00000002")
    early = client.get(reverse("privacy:notice", args=[first.pk])).content.decode()
    assert "010-00000001" in early
    assert "这是以前的版本" in early
    assert reverse("privacy:notice", args=[second.pk]) in early
    for change in ({"content": {}}, {"number": 9}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PrivacyNotice.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        first.delete()


def test_the_page_says_what_is_missing_and_when_the_public_notice_lags_behind(place, client):
    login(client, place.principal)
    page = client.get(reverse("privacy:manage")).content.decode()
    assert "还缺：" in page
    answer = client.post(reverse("privacy:manage"), OWN, follow=True)
    assert "本校还没有公开的告知" in answer.content.decode()
    client.post(reverse("privacy:publish"), {"change": ""})
    assert "公开的告知与现状一致" in client.get(reverse("privacy:manage")).content.decode()
    client.post(reverse("privacy:manage"), {**OWN, "contact": "010-2"})
    assert "现状与公开的告知已不一致" in client.get(reverse("privacy:manage")).content.decode()


def test_what_is_typed_into_the_notice_is_text_and_never_markup(place, client):
    notice = published(place, more="<script>alert(1)</script>")
    page = BeautifulSoup(client.get(reverse("privacy:notice", args=[notice.pk])).content, "html.parser")
    assert "<script>alert(1)</script>" in page.main.get_text()
