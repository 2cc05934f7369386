"""An editor at work in Wagtail's admin: write, look, publish, take down; and what parents see after each step."""

import datetime
import json

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, streamfield

from content.jobs import publish_scheduled
from content.models import Topic
from content.models.editing import NEEDS_HELP_NOW
from parents.models import ArticlePage
from tests.factories.accounts import person_with
from tests.factories.content import ArticleFactory, PictureFactory
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_all

TITLE = "孩子怕黑，怎么陪"


@pytest.fixture
def editor(client, index):
    person = person_with(Role.EDITOR)
    ensure_groups()
    sync_all()
    client.force_login(person)
    return client


def rich(words: str) -> str:
    """What the browser's text editor sends."""
    block = {"key": "a", "text": words, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    return json.dumps({"blocks": [block], "entityMap": {}})


def say() -> tuple[str, dict]:
    def lines(*words: str) -> dict:
        return streamfield([("item", word) for word in words])

    return "say", {"heading": "怎么开口", "better": lines("我在这里。"), "worse": lines("这有什么好怕的。")}


HELP = ("help_now", {"heading": "什么时候需要更多帮助", "text": rich("当天联系学校心理老师。"), "numbers": ("12356",)})


def form(*, body: list | None = None, action: str = "", **fields: object) -> dict:
    """The form as the browser sends it; `action` is the button."""
    text = ("text", {"heading": "先陪一会儿", "text": rich("夜里的情绪来得快。")})
    data = {
        "title": TITLE,
        "slug": "",
        "summary": "怕黑不是胆小。先陪，再一点一点放手。",
        "topic": Topic.objects.get(slug="emotion").pk,
        "years": "lower",
        "cover": "",
        "body": streamfield(body if body is not None else [text, say(), HELP]),
        "sources": "",
        "reviewed_by": "心理咨询室",
        "reviewed_on": "2026-11-24",
        "review_due_on": "2027-11-24",
        "seo_title": "",
        "search_description": "",
        **fields,
    }
    return {**nested_form_data(data), **({action: action} if action else {})}


def add_url() -> str:
    return reverse("wagtailadmin_pages:add", args=["parents", "articlepage", Page.objects.get(slug="parents").pk])


def shown(client, address: str) -> dict[str, bool]:
    """Where a reader without an account finds a link to this page."""
    client.logout()
    return {
        path: f'href="{address}"' in client.get(path).content.decode() for path in ("/", "/parents/", "/search/?q=怕黑")
    }


def test_a_draft_is_seen_by_nobody_and_once_published_by_everybody_at_once(editor):
    cover = PictureFactory()
    answer = editor.post(add_url(), form(cover=cover.pk))
    page = ArticlePage.objects.get(title=TITLE)
    assert answer.status_code == 302
    assert not page.live
    assert editor.get("/parents/hai-zi-pa-hei-zen-me-pei/").status_code == 404

    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    editor.post(edit, form(cover=cover.pk, slug=page.slug, action="action-publish"))
    page.refresh_from_db()
    assert page.live
    assert page.slug == "hai-zi-pa-hei-zen-me-pei"
    assert all(shown(editor, page.url).values())
    html = editor.get(page.url).content.decode()
    assert "夜里的情绪来得快。" in html
    assert "“我在这里。”" in html
    assert 'href="tel:12356"' in html


def test_a_change_that_is_only_saved_leaves_the_published_page_as_it_is(editor):
    editor.post(add_url(), form(action="action-publish"))
    page = ArticlePage.objects.get(title=TITLE)
    editor.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form(title="改了一半", slug=page.slug))
    editor.logout()
    html = editor.get(page.url).content.decode()
    assert TITLE in html
    assert "改了一半" not in html


def test_what_is_taken_down_is_gone_everywhere(editor):
    editor.post(add_url(), form(action="action-publish"))
    page = ArticlePage.objects.get(title=TITLE)
    editor.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    assert not any(shown(editor, page.url).values())
    assert editor.get(page.url).status_code == 404


def test_the_preview_shows_what_is_not_saved_and_only_in_our_own_frame(editor):
    url = reverse(
        "wagtailadmin_pages:preview_on_add", args=["parents", "articlepage", Page.objects.get(slug="parents").pk]
    )
    assert editor.post(url, form()).json()["is_valid"]
    response = editor.get(url, {"mode": ""})
    assert "夜里的情绪来得快。" in response.content.decode()
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert not ArticlePage.objects.exists()


def test_what_is_set_for_a_time_goes_out_and_down_at_that_time(editor):
    start = timezone.now().replace(microsecond=0)
    times = {
        "go_live_at": timezone.localtime(start + datetime.timedelta(hours=2)).strftime("%Y-%m-%d %H:%M"),
        "expire_at": timezone.localtime(start + datetime.timedelta(hours=5)).strftime("%Y-%m-%d %H:%M"),
    }
    editor.post(add_url(), form(action="action-publish", **times))
    page = ArticlePage.objects.get(title=TITLE)
    publish_scheduled()
    assert editor.get(f"/parents/{page.slug}/").status_code == 404
    with time_machine.travel(start + datetime.timedelta(hours=3), tick=False):
        publish_scheduled()
        assert editor.get(f"/parents/{page.slug}/").status_code == 200
    with time_machine.travel(start + datetime.timedelta(hours=6), tick=False):
        publish_scheduled()
        assert editor.get(f"/parents/{page.slug}/").status_code == 404


def test_a_text_about_danger_is_not_published_without_a_way_to_help(editor):
    danger = [("text", {"heading": "当真", "text": rich("孩子说不想活的时候，先坐到他身边。")}), say()]
    answer = editor.post(add_url(), form(body=danger, action="action-publish"))
    assert answer.status_code == 200
    assert answer.context["form"].errors["body"].as_data()[0].non_block_errors.data == [str(NEEDS_HELP_NOW)]
    assert not ArticlePage.objects.exists()
    assert editor.post(add_url(), form(body=danger)).status_code == 302, "a draft may still lack it"
    assert (
        editor.post(add_url(), form(body=[*danger, HELP], title="第二篇", action="action-publish")).status_code == 302
    )
    assert ArticlePage.objects.get(title="第二篇").live


def test_the_next_review_comes_after_the_last(editor):
    answer = editor.post(add_url(), form(review_due_on="2026-11-24", action="action-publish"))
    assert "review_due_on" in answer.context["form"].errors


@pytest.mark.parametrize(("field", "value"), [("title", ""), ("summary", ""), ("summary", "长" * 141), ("topic", "")])
def test_what_is_missing_is_said_beside_the_field(editor, field, value):
    answer = editor.post(add_url(), form(**{field: value}, action="action-publish"))
    assert field in answer.context["form"].errors
    assert not ArticlePage.objects.exists()


def test_markup_sent_past_the_text_editor_is_dropped(editor):
    evil = json.dumps(
        {
            "blocks": [
                {"key": "a", "text": "<script>alert(1)</script> 点我", "type": "unstyled", "depth": 0,
                 "inlineStyleRanges": [], "entityRanges": [{"offset": 26, "length": 2, "key": 0}]}
            ],
            "entityMap": {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:alert(1)"}}},
        }
    )  # fmt: skip
    editor.post(add_url(), form(body=[("text", {"heading": "", "text": evil}), HELP], action="action-publish"))
    html = editor.get(ArticlePage.objects.get().url).content.decode()
    assert "<script>alert" not in html
    assert "javascript:" not in html


def test_two_articles_of_one_title_get_two_addresses(editor):
    for _ in range(2):
        editor.post(add_url(), form(action="action-publish"))
    assert sorted(ArticlePage.objects.values_list("slug", flat=True)) == [
        "hai-zi-pa-hei-zen-me-pei",
        "hai-zi-pa-hei-zen-me-pei-2",
    ]


def test_an_article_can_be_given_to_a_second_editor_who_publishes_it(editor):
    editor.post(add_url(), form(action="action-submit"))
    page = ArticlePage.objects.get(title=TITLE)
    assert not page.live
    assert page.current_workflow_state.workflow.name == "学校审核"
    second = person_with(Role.EDITOR)
    sync_all()
    editor.force_login(second)
    task = page.current_workflow_task_state
    editor.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk]), {"comment": "好"})
    page.refresh_from_db()
    assert page.live


# -- the admin itself --------------------------------------------------------------------------------------------------


def test_the_first_page_of_the_admin_leads_to_writing_and_to_what_must_be_reviewed(editor):
    cover = PictureFactory()
    today = timezone.localdate()
    late = {"reviewed_on": today - datetime.timedelta(days=400), "review_due_on": today - datetime.timedelta(days=1)}
    ArticleFactory(title="过期的一篇", cover=cover, **late)
    ArticleFactory(title="还早的一篇", cover=cover, review_due_on=today + datetime.timedelta(days=90))
    html = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert add_url() in html
    assert "过期的一篇" in html
    assert "已过期" in html
    assert "还早的一篇" not in html
    listing = editor.get(reverse("articles:index"), {"review": "due"}).content.decode()
    assert "过期的一篇" in listing
    assert "还早的一篇" not in listing


def test_the_list_of_articles_takes_the_same_queries_for_any_number(editor, django_assert_max_num_queries):
    cover = PictureFactory()
    for _ in range(3):
        ArticleFactory(cover=cover)
    editor.get(reverse("articles:index"))
    with django_assert_max_num_queries(200) as few:
        editor.get(reverse("articles:index"))
    for _ in range(12):
        ArticleFactory(cover=cover)
    with django_assert_max_num_queries(200) as many:
        editor.get(reverse("articles:index"))
    assert len(many.captured_queries) == len(few.captured_queries)


def test_the_menu_holds_what_an_editor_needs_and_nothing_else(editor):
    html = editor.get(reverse("wagtailadmin_home")).content.decode()
    for wanted in (reverse("articles:index"), reverse("topics:index"), reverse("wagtailimages:index")):
        assert wanted in html
    for other in (reverse("wagtaildocs:index"), reverse("wagtailusers_users:index"), "/admin/reports/", "wagtail.org"):
        assert other not in html


@pytest.mark.parametrize("role", [Role.GUARDIAN, Role.TEACHER, Role.COUNSELOR, Role.PRINCIPAL])
def test_without_the_duty_there_is_no_way_into_the_admin(client, index, role):
    client.force_login(person_with(role))
    assert client.get(reverse("wagtailadmin_home")).status_code == 403
    assert client.post(add_url(), form(action="action-publish")).status_code == 403
    assert not ArticlePage.objects.exists()


def test_a_new_site_can_be_made_by_command_and_made_again(db):
    call_command("bootstrap_site", school_name="第一实验小学", without_articles=True, verbosity=0)
    call_command("bootstrap_site", school_name="另一个名字", without_articles=True, verbosity=0)
    assert Page.objects.filter(slug="parents").count() == 1
    assert Page.objects.filter(slug="help").count() == 1
