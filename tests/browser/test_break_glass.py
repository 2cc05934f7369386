"""An emergency: who runs the system reads one child's story for an hour, the principal sees it at once, and it ends."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looks import troubles

pytestmark = pytest.mark.browser

REASON = "医院来电说孩子在急诊，心理老师两部电话都打不通，需要了解最近的情况。"
# As if the hour had gone by: the database lets nobody change it, so its guard is passed over by name.
AN_HOUR_LATER = """
import datetime, pgtrigger
from xinqiao.audit.models import BreakGlass
for opened in BreakGlass.objects.filter(ended_at=None):
    hour = datetime.timedelta(hours=1)
    with pgtrigger.ignore("audit.BreakGlass:break_glass_stays_as_given"):
        BreakGlass.objects.filter(pk=opened.pk).update(starts_at=opened.starts_at - hour, ends_at=opened.ends_at - hour)
"""


def test_an_emergency_reading_from_its_reason_to_its_end(visit, live):
    counselor = visit("counselor")
    counselor.goto("/cases/")
    row = counselor.locator(".case-table tbody tr").first
    name = row.locator(".who").inner_text().split()[0]
    case = row.get_by_role("link").first.get_attribute("href")

    administrator = visit("admin")
    assert administrator.goto(case).status == 403
    administrator.goto("/audit/break-glass/")
    assert not list(troubles(administrator))
    administrator.fill("input[type=search]", name)
    administrator.get_by_role("button", name="搜索").click()
    administrator.get_by_role("link", name=re.compile(name)).first.click()
    administrator.get_by_label("联系不上心理教师").check()
    administrator.fill("textarea[name=reason]", "急")
    administrator.get_by_role("button", name="下一步").click()
    expect(administrator.locator("[aria-invalid=true]")).to_have_count(1)
    administrator.fill("textarea[name=reason]", REASON)
    assert not list(troubles(administrator))
    before = len(live.mails_to("principal", "紧急查阅"))
    administrator.get_by_role("button", name="下一步").click()
    expect(administrator.get_by_text("以下人员会立刻收到邮件")).to_be_visible()
    administrator.get_by_role("button", name="打开，并通知他们").click()
    administrator.get_by_role("main").get_by_role("link", name=re.compile("个案")).first.click()
    expect(administrator).to_have_url(re.compile(case))
    expect(administrator.locator("#story")).to_be_visible()
    expect(administrator.locator("main form textarea")).to_have_count(0)
    assert not list(troubles(administrator))

    mail = live.wait_for_mail("principal", "紧急查阅", after=before)
    assert name not in mail.as_string()
    principal = visit("principal", phone=True)
    principal.goto("/workspace/")
    principal.get_by_role("link", name="查看是谁、为什么").click()
    card = principal.locator(".glass.live").first
    expect(card).to_contain_text("急诊")
    expect(card).to_contain_text(name)
    assert not list(troubles(principal))
    card.get_by_role("button", name="我已知悉").click()
    principal.goto("/workspace/")
    expect(principal.get_by_role("link", name="查看是谁、为什么")).to_have_count(0)

    live.command("shell", "-c", AN_HOUR_LATER)
    assert administrator.goto(case).status == 403
    administrator.goto("/audit/break-glass/")
    expect(administrator.locator(".glass").first).to_contain_text("已结束")
