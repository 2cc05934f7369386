"""The texts that a new site begins with: correct numbers, kind words, a way to help on every page, nothing that teaches harm."""

import re

import pytest

from content.library.pages import ABOUT, DOORS, HELP, PRIVACY, QUICK_ASKS
from content.library.topics import TOPICS
from content.models import HomePage
from content.pictures.scenes import SCENES
from content.search.find import find_guidance
from content.views import SUGGESTIONS
from parents.bootstrap import ensure_articles
from parents.library import ARTICLES
from parents.models import ArticlePage

HOTLINES = {"12356", "12355", "110", "120"}
DIAGNOSES = [
    "抑郁",
    "焦虑症",
    "躁狂",
    "双相",
    "自闭",
    "多动症",
    "强迫症",
    "精神分裂",
    "精神病",
    "人格障碍",
    "确诊",
    "患者",
    "病态",
]
WAYS_OF_HARM = ["割腕", "跳楼", "上吊", "服毒", "烧炭", "刀片", "安眠药", "绳子", "农药", "高楼"]
FRIGHTENING = ["后果不堪设想", "毁掉", "毁了孩子", "终身", "致命", "可怕的是", "惨", "崩溃", "悲剧", "血淋淋"]


def words_of(value: object, *, skip: str = "") -> str:
    """All text inside of a library value; the sentences that hurt are left out with skip="worse"."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return " ".join(words_of(child, skip=skip) for key, child in value.items() if key != skip)
    if isinstance(value, (list, tuple)):
        return " ".join(words_of(child, skip=skip) for child in value)
    return ""


EVERYTHING = {
    **{article.slug: words_of([article.title, article.summary, article.alt, article.body]) for article in ARTICLES},
    "help": words_of(HELP),
    "privacy": words_of(PRIVACY),
    "about": words_of(ABOUT),
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_only_the_countrys_own_numbers_are_named(name):
    assert set(re.findall(r"(?<!\d)1\d{2,4}(?!\d)", EVERYTHING[name])) <= HOTLINES


@pytest.mark.parametrize("name", EVERYTHING)
def test_no_diagnosis_no_way_of_harm_no_frightening_word(name):
    found = [word for word in (*DIAGNOSES, *WAYS_OF_HARM, *FRIGHTENING) if word in EVERYTHING[name]]
    assert not found


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
def test_an_article_is_whole(article):
    kinds = [kind for kind, _value in article.body]
    assert len(article.title) <= 30
    assert 20 <= len(article.summary) <= 140
    assert article.topic in {slug for slug, _name, _sentence in TOPICS}
    assert article.scene in SCENES
    assert article.alt
    assert article.sources
    assert all("《" in source for source in article.sources)
    assert {"text", "say", "steps", "help_now"} <= set(kinds)
    say = next(value for kind, value in article.body if kind == "say")
    assert len(say["better"]) >= 3
    assert len(say["worse"]) >= 3


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
def test_every_article_says_when_to_get_more_help_and_names_12356(article):
    helps = [value for kind, value in article.body if kind == "help_now"]
    assert len(helps) == 1
    assert "12356" in helps[0]["numbers"]
    for number in set(re.findall(r"12356|12355|(?<!\d)1[12]0(?!\d)", helps[0]["text"])):
        assert number in helps[0]["numbers"], f"{number} is named but cannot be tapped"


def test_the_article_about_danger_begins_with_help():
    article = next(article for article in ARTICLES if article.topic == "crisis")
    assert article.body[0][0] == "help_now"
    assert set(article.body[0][1]["numbers"]) == {"12356", "120", "110"}


def test_there_is_at_least_one_article_for_every_topic_and_each_age():
    assert len(ARTICLES) >= 12
    assert {article.topic for article in ARTICLES} == {slug for slug, _name, _sentence in TOPICS}
    assert {article.years for article in ARTICLES} == {"lower", "middle", "upper", "all"}
    assert len({article.slug for article in ARTICLES}) == len(ARTICLES)
    assert len({article.scene for article in ARTICLES}) == len(ARTICLES)


def test_the_help_page_has_the_four_numbers_and_speaks_to_all_three():
    assert [line["number"] for line in HELP["numbers"]] == ["12356", "12355", "120", "110"]
    assert [part["reader"] for part in HELP["readers"]] == ["child", "parent", "teacher"]
    assert all(door["link"].startswith("/") for door in DOORS)


@pytest.fixture
def library(index):
    ensure_articles(index)
    return index


def test_the_library_stands_once_published_and_with_a_version_to_go_back_to(library):
    assert ArticlePage.objects.live().count() == len(ARTICLES)
    assert ensure_articles(library) == []
    assert not ArticlePage.objects.filter(has_unpublished_changes=True).exists()
    assert all(page.latest_revision for page in ArticlePage.objects.all())
    assert HomePage.objects.get().features.count() == sum(article.featured for article in ARTICLES)
    for page in ArticlePage.objects.all():
        page.full_clean()
        assert page.cover.default_alt_text
        assert page.reading_minutes >= 2


FINDS = {
    "情绪": "naming-feelings",
    "不想上学": "does-not-want-to-go-to-school",
    "睡不好": "sleeping-badly",
    "和同学闹矛盾": "quarrel-with-classmates",
    "发脾气": "after-an-outburst",
    "家里有人离世": "loss-in-the-family",
    "手机": "phones-and-games",
    "被欺凌": "being-bullied",
    "转学": "new-school",
    "考试紧张": "nervous-before-tests",
    "写作业磨蹭": "homework-without-fights",
    "坐不住": "homework-without-fights",
    "身体 隐私": "my-body-is-mine",
    "活着没意思": "when-a-child-says-life-has-no-meaning",
}


def test_what_a_parent_asks_finds_the_right_article_and_every_suggestion_finds_one(library):
    for asked, slug in FINDS.items():
        assert slug in [page.slug for page in find_guidance(question=asked).results[:2]], asked
    for asked in {*QUICK_ASKS, *SUGGESTIONS}:
        found = find_guidance(question=asked)
        assert len(found.results), asked
        assert not found.loosely, asked
