"""An article as parents read it."""

import pytest
from bs4 import BeautifulSoup

from content.models import Topic
from tests.factories.content import HELP_NOW, SAY, ArticleFactory, PictureFactory, text_block


def read(client, page) -> BeautifulSoup:
    return BeautifulSoup(client.get(page.url).content, "html.parser")


@pytest.fixture
def full(index):
    """An article with every block there is."""
    other = ArticleFactory(title="另一篇")
    picture = PictureFactory(description="一座桥")
    picture_block = {
        "picture": {"image": picture.pk, "alt_text": "河上的一座桥", "decorative": False},
        "caption": "傍晚的桥",
    }
    page = ArticleFactory(title="完整的一篇", body=None)
    page.body = page.body.stream_block.to_python(
        [
            {"type": "text", "value": {"heading": "先听", "text": "<p>第一段 <b>要紧</b>。</p>"}},
            {"type": "say", "value": {"heading": "怎么说", "better": ["我在听 <3"], "worse": ["别哭"]}},
            {"type": "steps", "value": {"heading": "三件事", "steps": ["<p>第一件</p>", "<p>第二件</p>"]}},
            {"type": "signs", "value": {"heading": "留意", "intro": "好几条一起", "signs": ["睡不好"]}},
            {"type": "picture", "value": picture_block},
            {"type": "case", "value": {"heading": "一个情形", "text": "<p>有一天。</p>"}},
            {"type": "quote", "value": {"quote": "慢慢来", "source": "一本书"}},
            {
                "type": "help_now",
                "value": {"heading": "更多帮助", "text": "<p>打电话。</p>", "numbers": ["12356", "110"]},
            },
            {"type": "related", "value": {"heading": "接着读", "pages": [other.pk]}},
        ]
    )
    page.save()
    return page


def test_every_kind_of_block_is_shown(client, full):
    page = read(client, full)
    text = page.article.get_text(" ", strip=True)
    for words in (
        "第一段",
        "我在听 <3",
        "别哭",
        "第二件",
        "好几条一起",
        "睡不好",
        "傍晚的桥",
        "有一天。",
        "慢慢来",
        "打电话。",
    ):
        assert words in text
    assert [link["href"] for link in page.select(".numbers a")] == ["tel:12356", "tel:110"]
    assert page.select_one(".figure:not(.cover) img")["alt"] == "河上的一座桥"
    assert page.select_one(".related a").text == "另一篇"


def test_the_list_of_contents_leads_to_each_heading(client, full):
    page = read(client, full)
    for link in page.select(".toc a"):
        assert page.find(id=link["href"].removeprefix("#")).text == link.text
    assert [link.text for link in page.select(".toc a")] == ["先听", "怎么说", "三件事", "留意", "一个情形", "更多帮助"]


def test_a_related_page_that_was_taken_down_is_left_out(client, full):
    full.body[-1].value["pages"][0].unpublish()
    assert not read(client, full).select(".related a")


def test_who_reviewed_it_when_and_from_which_sources_stands_with_it(client, index):
    page = read(client, ArticleFactory(sources="《甲》，2021年\n\n  《乙》，2022年  "))
    assert "心理咨询室审核" in page.article.text
    assert [item.text for item in page.select(".article-foot li")] == ["《甲》，2021年", "《乙》，2022年"]
    assert "不是诊断" in page.select_one(".article-foot").text


def test_reading_on_begins_with_the_same_topic_and_never_with_itself(client, index):
    cover = PictureFactory()
    sleep = Topic.objects.get(slug="sleep")
    same_topic = ArticleFactory(title="同一主题", topic=sleep, cover=cover)
    ArticleFactory(title="草稿", topic=sleep, live=False, cover=cover)
    for number in range(3):
        ArticleFactory(title=f"别的{number}", cover=cover)
    shown = ArticleFactory(title="自己", topic=sleep, cover=cover)
    read_on = [heading.text for heading in read(client, shown).select(".band h3")]
    assert read_on == ["同一主题", "别的2", "别的1"]
    assert shown.see_also()[0].pk == same_topic.pk


def test_search_and_reading_time_know_what_the_blocks_say(index):
    page = ArticleFactory(body=[text_block("孩" * 700), SAY, HELP_NOW])
    assert page.reading_minutes == 2
    assert "我在听。" in page.plain_text
    assert "12356" not in page.plain_text


def test_an_article_without_a_cover_is_a_page_too(client, index):
    page = read(client, ArticleFactory(cover=None))
    assert not page.select(".figure.cover")
    assert page.find("meta", property="og:image")["content"].endswith("content/share.png")


def test_hostile_text_is_shown_as_text(client, index):
    evil = "<script>alert(1)</script>"
    say = ("say", {"heading": evil, "better": [evil], "worse": [evil]})
    page = ArticleFactory(
        title=evil, summary=evil, sources=evil, reviewed_by=evil, body=[text_block("好。", heading=evil), say]
    )
    assert "<script>alert" not in client.get(page.url).content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_an_article_takes_the_same_queries_among_three_and_among_thirty(
    client, index, count, django_assert_num_queries
):
    for _ in range(count):
        ArticleFactory()
    page = ArticleFactory(cover=PictureFactory())
    client.get(page.url)
    with django_assert_num_queries(9):
        client.get(page.url)
