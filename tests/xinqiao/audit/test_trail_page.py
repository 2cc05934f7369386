"""The principal's page of the trail: in words, filtered, and without anybody's name where a browser keeps it."""

import datetime
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone, translation

from tests.factories.accounts import person_with
from tests.factories.school import SchoolFactory
from xinqiao.accounts.enums import Role
from xinqiao.audit.anchors import anchor_day
from xinqiao.audit.chain import seal
from xinqiao.audit.models import AuditEntry
from xinqiao.audit.trail import record
from xinqiao.audit.words import ACTIONS, action_name

ROOT = Path(__file__).resolve().parents[3]
PAGE = "/audit/"


@pytest.fixture
def school(db):
    return SchoolFactory()


@pytest.fixture
def principal(school, client):
    principal = person_with(Role.PRINCIPAL, school=school, display_name="陈校长")
    client.force_login(principal)
    return principal


@pytest.fixture
def counselor(school):
    return person_with(Role.COUNSELOR, school=school, display_name="林老师")


def shown(response) -> list[str]:
    """The acts that the page lists, newest first."""
    page = BeautifulSoup(response.content, "html.parser")
    return [row.find_all("td")[2].get_text(strip=True) for row in page.select("table tbody tr")]


def test_acts_kinds_and_facts_are_said_in_chinese(client, principal, counselor):
    record(
        actor=counselor, action="assessment.complete", target=counselor, details={"level": "high", "overruled": True}
    )
    page = client.get(PAGE).content.decode()
    assert "完成二次评估" in page
    assert "等级 高危关注；与建议不同 是" in page
    assert "人员" in page


def test_a_move_is_said_from_before_to_after_and_in_words(client, principal, counselor):
    record(
        actor=counselor,
        action="referral.move",
        target=counselor,
        details={"to": "feedback_received", "from": "awaiting_consent"},
    )
    record(actor=counselor, action="case.export", target=counselor, details={"form": "print"})
    page = client.get(PAGE).content.decode()
    assert "从 等待监护人答复；到 已收到反馈" in page
    assert "形式 打印" in page


def test_it_can_be_narrowed_to_a_person_an_act_a_day_and_a_record(client, principal, counselor):
    record(actor=counselor, action="case.open", target=counselor)
    record(actor=counselor, action="case.write", target=principal)
    record(actor=principal, action="round.open")
    assert set(shown(client.get(PAGE, {"actor": counselor.pk}))) == {"建立个案", "填写个案记录"}
    assert shown(client.get(PAGE, {"action": "case.open"})) == ["建立个案"]
    assert shown(client.get(PAGE, {"target": str(principal.pk)})) == ["填写个案记录"]
    assert len(shown(client.get(PAGE, {"day": timezone.localdate().isoformat()}))) == 4
    assert shown(client.get(PAGE, {"day": "2020-01-01"})) == []
    assert "没有符合条件的记录" in client.get(PAGE, {"day": "2020-01-01"}).content.decode()


def test_a_filter_that_makes_no_sense_shows_nothing_and_says_why(client, principal):
    response = client.get(PAGE, {"day": "yesterday"})
    assert response.status_code == 200
    assert shown(response) == []
    assert BeautifulSoup(response.content, "html.parser").select(".error")


def test_reading_the_trail_is_on_the_trail_once_in_half_an_hour(client, principal):
    client.get(PAGE)
    client.get(PAGE, {"page": "1"})
    assert AuditEntry.objects.filter(action="audit.read", actor=principal).count() == 1


def test_an_entry_says_whether_it_is_sealed(client, principal, counselor):
    record(actor=counselor, action="case.open")
    assert "一分钟内封存" in client.get(PAGE, {"action": "case.open"}).content.decode()
    seal()
    assert "一分钟内封存" not in client.get(PAGE, {"action": "case.open"}).content.decode()


def test_it_says_how_far_it_is_sealed_what_waits_and_what_was_noted_outside(client, principal, counselor, anchors):
    record(actor=counselor, action="case.open")
    seal()
    anchor_day(datetime.date(2026, 11, 25))
    record(actor=counselor, action="case.write")
    page = " ".join(BeautifulSoup(client.get(PAGE).content, "html.parser").get_text().split())
    assert "2 条等待封存" in page
    assert "2026-11-25 已把第 1 条的封存码另存并寄出" in page
    assert "超过一分钟" not in page
    AuditEntry.objects.create(at=timezone.now() - datetime.timedelta(minutes=2), action="case.open")
    assert "超过一分钟" in client.get(PAGE).content.decode()
    (anchors / "2026-11-25.json").write_text("{")
    assert "另存的封存码无法读取" in client.get(PAGE).content.decode()


def test_another_schools_acts_are_not_shown(client, principal, counselor):
    stranger = person_with(Role.COUNSELOR, school=SchoolFactory(), display_name="别校老师")
    record(actor=stranger, action="case.open")
    record(actor=None, action="login.failed", target=stranger)
    record(actor=None, action="login.failed", target=counselor)
    record(actor=None, action="training.age")
    assert sorted(shown(client.get(PAGE))) == sorted(["查看审计记录", "证书到期", "登录失败"])
    assert "别校老师" not in client.get(PAGE).content.decode()


def test_title_and_addresses_name_nobody(client, principal, counselor):
    record(actor=counselor, action="case.open", target=counselor)
    page = BeautifulSoup(client.get(PAGE, {"actor": counselor.pk}).content, "html.parser")
    assert page.title.get_text() == "审计记录 · 心桥"
    for name in ("林老师", "陈校长"):
        assert not [link["href"] for link in page.find_all("a", href=True) if name in link["href"]]


def test_the_page_asks_as_much_for_fifty_entries_as_for_one(client, principal, counselor, django_assert_num_queries):
    record(actor=counselor, action="case.open", target=counselor)
    client.get(PAGE)
    with django_assert_num_queries(11):
        client.get(PAGE)
    for _number in range(60):
        record(actor=counselor, action="case.write", target=counselor)
    seal()
    with django_assert_num_queries(11):
        client.get(PAGE)


def test_only_the_principal_may_read_it(client, school):
    for role in (Role.DEPUTY, Role.COUNSELOR, Role.ADMINISTRATOR):
        client.force_login(person_with(role, school=school))
        assert client.get(reverse("audit_trail")).status_code == 403


def test_every_act_that_the_code_records_has_a_chinese_word():
    written = set()
    for room in ("site", "tasks", "content", "training", "parents", "screening"):
        for path in (ROOT / room).rglob("*.py"):
            written |= set(re.findall(r'action="([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    with translation.override("zh-hans"):
        nameless = sorted(act for act in written | set(ACTIONS) if not re.search(r"[一-龥]", action_name(act)))
    assert not nameless, f"Name them in xinqiao/audit/words.py: {', '.join(nameless)}"
