"""The parents' index: by topic and age, a page at a time."""

import pytest
from bs4 import BeautifulSoup
from wagtail.models import PageViewRestriction

from content.models import Topic
from tests.factories.content import ArticleFactory, PictureFactory, TopicFactory


def titles(response) -> list[str]:
    return [heading.text for heading in BeautifulSoup(response.content, "html.parser").select(".arts h3")]


@pytest.fixture
def three(index):
    cover = PictureFactory()
    sleep = Topic.objects.get(slug="sleep")
    ArticleFactory(title="低年级睡眠", topic=sleep, years="lower", cover=cover)
    ArticleFactory(title="高年级情绪", years="upper", cover=cover)
    ArticleFactory(title="各年级情绪", years="all", cover=cover)


def test_the_newest_comes_first(client, three):
    assert titles(client.get("/parents/")) == ["各年级情绪", "高年级情绪", "低年级睡眠"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("topic=sleep", ["低年级睡眠"]),
        ("topic=emotion", ["各年级情绪", "高年级情绪"]),
        ("grade=lower", ["各年级情绪", "低年级睡眠"]),
        ("grade=upper&topic=emotion", ["各年级情绪", "高年级情绪"]),
        ("grade=lower&topic=sleep", ["低年级睡眠"]),
        ("grade=nonsense&topic=%00&page=-1", ["各年级情绪", "高年级情绪", "低年级睡眠"]),
    ],
)
def test_topic_and_age_narrow_the_list_and_a_choice_that_does_not_exist_is_none(client, three, query, expected):
    assert titles(client.get(f"/parents/?{query}")) == expected


def test_each_choice_is_a_link_that_keeps_the_other_one(client, three):
    page = BeautifulSoup(client.get("/parents/?topic=sleep&grade=lower").content, "html.parser")
    chosen = [link.text for link in page.select(".choose [aria-current]")]
    assert chosen == ["睡眠", "低年级"]
    links = {link.text: link["href"] for link in page.select(".choose a")}
    assert links["情绪"] == "/parents/?topic=emotion&grade=lower"
    assert links["高年级"] == "/parents/?topic=sleep&grade=upper"
    assert client.get(links["情绪"]).status_code == 200


def test_twelve_a_page_and_paging_keeps_what_was_chosen(client, index):
    cover = PictureFactory()
    for _ in range(15):
        ArticleFactory(cover=cover)
    first = client.get("/parents/?topic=emotion")
    assert len(titles(first)) == 12
    later = BeautifulSoup(first.content, "html.parser").select_one(".paging a[rel=next]")["href"]
    assert later == "?topic=emotion&page=2"
    assert len(titles(client.get(f"/parents/{later}"))) == 3
    assert len(titles(client.get("/parents/?page=99"))) == 3


def test_one_or_two_left_over_stand_on_the_page_before(client, index):
    cover = PictureFactory()
    for _ in range(14):
        ArticleFactory(cover=cover)
    assert len(titles(client.get("/parents/"))) == 14


def test_an_empty_choice_leads_back_and_an_empty_site_leads_to_help(client, index):
    assert "还没有文章" in client.get("/parents/").content.decode()
    ArticleFactory()
    TopicFactory(name="没有文章的主题", slug="empty")
    page = BeautifulSoup(client.get("/parents/?topic=empty").content, "html.parser")
    assert page.select_one(".empty a")["href"] == "/parents/"


def test_what_is_not_for_everyone_stands_in_no_list(client, index):
    page = ArticleFactory(title="内部试读")
    ArticleFactory(title="公开的")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    for path in ("/", "/parents/", "/search/?q=情绪"):
        html = client.get(path).content.decode()
        assert "公开的" in html
        assert "内部试读" not in html
    assert client.get(page.url).status_code == 302


@pytest.mark.parametrize("count", [3, 30])
def test_the_index_takes_the_same_queries_for_three_articles_and_for_thirty(
    client, index, count, django_assert_num_queries
):
    for _ in range(count):
        ArticleFactory()
    client.get("/parents/?topic=emotion")
    with django_assert_num_queries(10):
        client.get("/parents/?topic=emotion")
