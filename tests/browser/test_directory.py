"""The directory on one afternoon: a child is found and moved and moved back, a new one comes, a year is prepared and taken back."""

import datetime
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.looks import troubles

pytestmark = pytest.mark.browser

RARE = "马骉"  # who sits in the first class, and sounds like mabiao
NEW = "公孙小雅"


def day(later: int) -> str:
    return (datetime.date.today() + datetime.timedelta(days=later)).isoformat()


def test_children_are_found_moved_and_the_year_is_prepared_and_taken_back(visit, live: Live):
    admin = visit("admin")
    the_home_shows_the_classes(admin)
    child = a_child_is_found_without_its_name_in_any_address(admin)
    it_leaves_and_comes_back_by_one_press(admin, child)
    two_colleagues_change_the_same_child(admin, visit("admin"), child)
    a_new_child_is_held_against_who_is_there(admin)
    a_guardian_is_restricted_and_marked(admin, child)
    the_year_is_prepared_and_taken_back(admin)
    a_teacher_sees_names_and_a_homeroom_teacher_the_own_class(
        visit("teacher", phone=True), visit("homeroom", phone=True)
    )


def the_home_shows_the_classes(admin: Page) -> None:
    admin.goto("/directory/")
    expect(admin.locator(".class-cards a")).to_have_count(18)
    assert not list(troubles(admin))


def a_child_is_found_without_its_name_in_any_address(admin: Page) -> str:
    """The address of its page."""
    asked = []
    admin.on("request", lambda request: asked.append(request.url + str(request.headers.get("referer", ""))))
    for typed in (RARE, "mabiao", "mb"):
        admin.goto("/directory/")
        admin.locator("main input[type=search]").fill(typed)
        admin.locator("main input[type=search]").press("Enter")
        expect(admin.locator("tbody a", has_text=RARE)).to_be_visible()
    admin.locator("tbody a", has_text=RARE).click()
    expect(admin.locator("h1")).to_have_text(RARE)
    assert not [url for url in asked if "mabiao" in url or "%E9%A9%AC" in url or RARE in url]
    assert RARE not in admin.title()
    assert not list(troubles(admin))
    return admin.url


def it_leaves_and_comes_back_by_one_press(admin: Page, child: str) -> None:
    admin.goto(child)
    before = admin.locator(".timeline").inner_text()
    admin.get_by_role("link", name="离校").click()
    admin.select_option("select[name=reason]", label="转学")
    admin.locator("main form button.primary").click()
    expect(admin.locator("main .tag").first).to_have_text("不在班")
    expect(admin.locator(".timeline li").first).to_contain_text("转学")
    admin.get_by_role("button", name="撤回").click()
    expect(admin.locator("main .tag").first).to_have_text(re.compile("班"))
    expect(admin.locator("main .tag").first).not_to_have_text("不在班")
    assert admin.locator(".timeline").inner_text() == before


def two_colleagues_change_the_same_child(one: Page, other: Page, child: str) -> None:
    for page in (one, other):
        page.goto(child)
        page.get_by_role("link", name="更正基本信息").click()
    first = one.locator("input[name=born_on]").input_value()
    one.fill("input[name=born_on]", "2019-12-24")
    one.locator("main form button.primary").click()
    expect(one.locator("main")).to_contain_text("2019-12-24")
    other.fill("input[name=born_on]", "2019-12-25")
    other.locator("main form button.primary").click()
    expect(other.locator(".errors")).to_contain_text("同事改过")
    expect(other.locator("main form")).to_contain_text("2019-12-24")
    assert other.locator("input[name=born_on]").input_value() == "2019-12-25"
    other.fill("input[name=born_on]", first)
    other.locator("main form button.primary").click()
    expect(other.locator("main dl")).to_contain_text(first)


def a_new_child_is_held_against_who_is_there(admin: Page) -> None:
    """The second time the same child is recognised; then the entry is taken back, and the record is gone."""
    for number, expected in (("J0001", ""), ("J0002", NEW)):
        admin.goto("/directory/children/join/")
        admin.fill("input[name=name]", NEW)
        admin.fill("input[name=number]", number)
        admin.select_option("select[name=sex]", index=1)
        admin.fill("input[name=born_on]", "2018-02-03")
        admin.select_option("select[name=school_class]", index=1)
        admin.locator("main form button.primary").click()
        if expected:
            expect(admin.locator("main .notice.warm")).to_contain_text(expected)
            assert not list(troubles(admin))
            admin.locator("main .notice.warm a").click()
        expect(admin.locator("h1")).to_have_text(NEW)
    admin.get_by_role("button", name="撤回").click()
    admin.goto("/directory/")
    admin.locator("main input[type=search]").fill(NEW)
    admin.locator("main input[type=search]").press("Enter")
    expect(admin.locator("main .empty")).to_be_visible()


def a_guardian_is_restricted_and_marked(admin: Page, child: str) -> None:
    admin.goto(child)
    admin.locator(".guardian-list li").first.get_by_role("link", name="登记限制").click()
    admin.fill("textarea[name=reason]", "法院文书，示范。")
    admin.locator("main form button.primary").click()
    expect(admin.locator(".guardian-list li.restricted")).to_contain_text("请勿联系")
    assert not list(troubles(admin))
    admin.locator(".guardian-list li.restricted").get_by_role("link", name="限制已结束").click()
    admin.fill("textarea[name=reason]", "限制期满，示范。")
    admin.locator("main form button.primary").click()
    expect(admin.locator(".guardian-list li.restricted")).to_have_count(0)


def the_year_is_prepared_and_taken_back(admin: Page) -> None:
    """For a day after the round that is open; until then nothing changes."""
    admin.goto("/directory/rollover/")
    admin.fill("input[name=on]", day(0))
    admin.get_by_role("button", name="先看结果").click()
    expect(admin.locator(".errors")).to_contain_text("还在进行")
    admin.fill("input[name=on]", day(100))
    admin.get_by_role("button", name="先看结果").click()
    rows = admin.locator("tbody tr")
    expect(rows).to_have_count(18)
    expect(rows.filter(has_text="三（2）班").filter(has_text="四（2）班")).to_contain_text("跟班升级")
    expect(rows.last).to_contain_text("毕业离校")
    assert not list(troubles(admin))
    admin.get_by_role("button", name="全部升级").click()
    expect(admin.locator(".notice.bridge")).to_contain_text("还没到日期")
    admin.goto("/directory/")
    expect(admin.locator("main")).to_contain_text("1 次变动还没到日期")
    admin.goto("/directory/rollover/")
    admin.locator("details.ask summary").click()
    admin.get_by_role("button", name="确认撤回升级").click()
    expect(admin.locator(".notice.bridge")).to_have_count(0)
    admin.goto("/directory/moves/?kind=roll_over")
    expect(admin.locator("tbody tr")).to_contain_text("已撤回")
    assert not list(troubles(admin))


def a_teacher_sees_names_and_a_homeroom_teacher_the_own_class(teacher: Page, homeroom: Page) -> None:
    teacher.goto("/directory/")
    expect(teacher.locator(".class-cards a")).to_have_count(3)
    teacher.locator(".class-cards a").first.tap()
    teacher.locator("tbody a").first.tap()
    expect(teacher.locator("main")).to_contain_text("只显示姓名和班级")
    expect(teacher.locator("main")).not_to_contain_text("学号")
    assert not list(troubles(teacher))
    homeroom.goto("/directory/")
    homeroom.locator(".class-cards a").tap()
    expect(homeroom.locator("tbody tr")).to_have_count(45)
    homeroom.locator("tbody a").first.tap()
    expect(homeroom.locator(".guardian-list a[href^='tel:']").first).to_be_visible()
    expect(homeroom.get_by_role("link", name="离校")).to_have_count(0)
    assert not list(troubles(homeroom))
