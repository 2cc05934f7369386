"""Consents as one story: the counselor asks a class, a parent answers on the phone, slips come back, a parent takes it back, the form shows it."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
KIND = "辅导中的录音或照片"


def test_a_class_is_asked_and_a_parent_answers_and_takes_it_back(visit):
    counselor = visit("counselor")
    counselor.goto("/consents/")
    counselor.get_by_role("link", name=KIND).click()
    counselor.locator("tbody tr", has_text="三（2）班").get_by_role("link", name="征求").click()
    expect(counselor.get_by_role("main")).to_contain_text("我们想请您同意什么")
    counselor.get_by_role("button", name="现在征求").click()
    expect(counselor.locator(".toasts")).to_contain_text("45 个孩子的监护人")

    parent = visit("parent", phone=True)
    parent.goto("/family/")
    parent.get_by_role("main").locator("a[href='/family/consents/']").first.click()
    parent.get_by_role("link", name="心理筛查与心理档案").first.click()
    yes, no = parent.get_by_role("button", name="同意", exact=True), parent.get_by_role("button", name="不同意")
    assert _size(yes) == _size(no)  # neither is the one that is meant
    yes.click()
    expect(parent.get_by_role("heading", name="回执")).to_be_visible()
    expect(parent.locator(".receipt")).to_contain_text("本人线上答复")

    homeroom = visit("homeroom", phone=True)
    homeroom.goto("/consents/")
    homeroom.locator("tbody tr", has_text="三（2）班").get_by_role("link", name="登记回执").click()
    rows = homeroom.locator(".slips > li")
    before = rows.count()
    homeroom.get_by_role("button", name="先全部记为同意").click()
    _choose(rows.nth(0), "不同意")
    _choose(rows.nth(1), "未交回")
    expect(homeroom.locator("[data-count]")).to_have_text(f"同意 {before - 2} · 不同意 1 · 未交回 1")
    for row in rows.all()[2:]:
        _choose(row, "未交回")
    refused = rows.nth(0).locator(".slip-name").inner_text().split()[0]
    homeroom.get_by_role("button", name="登记", exact=True).click()
    expect(homeroom.locator(".toasts")).to_contain_text("已登记 1 份答复")

    _form(homeroom)
    expect(homeroom.locator(".left-out")).to_have_count(1)
    expect(homeroom.locator(".left-out")).to_contain_text(refused)
    expect(homeroom.locator(".child")).to_have_count(44)

    parent.get_by_role("link", name="撤回同意").click()
    expect(parent.get_by_role("main")).to_contain_text("立即不再为您的孩子填写观察表")
    parent.get_by_role("button", name="确认撤回").click()
    expect(parent.get_by_role("main")).to_contain_text("相关的事项已经停止")
    homeroom.reload()
    expect(homeroom.locator(".left-out")).to_have_count(2)

    # The parent, and the family that refused, agree again: the class is whole for whoever comes after.
    parent.goto("/family/consents/")
    parent.get_by_role("link", name="心理筛查与心理档案").first.click()
    parent.get_by_role("button", name="现在同意").click()
    expect(parent.get_by_role("heading", name="回执")).to_be_visible()
    homeroom.goto("/consents/")
    homeroom.locator("tbody tr th a", has_text="三（2）班").click()
    homeroom.get_by_role("link", name="不同意 1").click()
    homeroom.locator("tbody th a").click()
    part = homeroom.locator("#screening")
    part.get_by_text("监护人现在有不同的意见").click()
    part.get_by_label("答复的监护人").select_option(index=1)
    part.get_by_label("凭据").fill("家长来校当面说的")
    part.get_by_role("button", name="监护人同意").click()
    expect(homeroom.locator("#screening .tag").first).to_have_text("同意")
    _form(homeroom)
    expect(homeroom.locator(".child")).to_have_count(45)


def test_the_principal_publishes_the_notice_and_everybody_reads_it(visit):
    principal = visit("principal")
    principal.goto("/privacy/manage/")
    principal.get_by_label("个人信息保护负责人").fill("某副校长")
    principal.get_by_label("联系方式").fill("010-00000001")
    principal.get_by_label("学校地址").fill("某市某路 1 号")
    principal.get_by_role("button", name="保存").click()
    principal.get_by_role("button", name="发布这一版本").click()
    expect(principal.locator(".toasts")).to_contain_text("告知第 2 版已公开")
    anybody = visit(None, phone=True)
    anybody.goto("/privacy/")
    expect(anybody.get_by_role("main")).to_contain_text("某副校长")
    anybody.get_by_role("link", name="全部版本").click()
    expect(anybody.get_by_role("main")).to_contain_text("第 2 版")


def _size(button):
    box = button.bounding_box()
    return round(box["width"]), round(box["height"])


def _choose(row, words: str) -> None:
    row.locator(".seg label", has_text=words).last.click() if words == "不同意" else row.locator(".seg label").nth(
        {"未交回": 0, "同意": 1}[words]
    ).click()


def _form(page: Page) -> None:
    page.goto("/screening/")
    page.get_by_role("main").locator("a[href*='/classes/']").first.click()
    expect(page.locator(".child .cell").first).to_be_visible()
