"""What holds for every page that anyone may read: no login, no cookie, no script needed, light, in Chinese, on every phone."""

import itertools
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from content.models import HomeFeature, HomePage, SiteWords
from tests.factories.accounts import person_with
from tests.factories.content import ArticleFactory, PictureFactory
from xinqiao.accounts.enums import Role

ARTICLE = "/parents/article/"
PAGES = [
    "/",
    "/parents/",
    "/parents/?topic=emotion&grade=lower",
    ARTICLE,
    "/help/",
    "/privacy/",
    "/about/",
    "/search/?q=情绪",
]
TO_SHARE = ["/", "/parents/", ARTICLE, "/help/", "/privacy/", "/about/"]
FIRST_LOAD = 100_000
LATIN_WORDS_ALLOWED = {"English", "Cookie"}


@pytest.fixture
def site(index):
    """A site with a page of articles; the one at ARTICLE has every kind of block that the library uses."""
    cover = PictureFactory()
    for _ in range(12):
        ArticleFactory(cover=cover)
    ArticleFactory(slug="article", title="孩子说“不想上学”", cover=cover)
    return index


def page_of(client, path: str) -> BeautifulSoup:
    response = client.get(path)
    assert response.status_code == 200, path
    return BeautifulSoup(response.content, "html.parser")


def test_nobody_needs_an_account_and_nobody_gets_a_cookie(client, site):
    for path in PAGES:
        response = client.get(path)
        assert response.status_code == 200
        assert not response.cookies


def test_nothing_inline_and_nothing_from_another_host(client, site):
    for path in PAGES:
        response = client.get(path)
        policy = response["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        page = BeautifulSoup(response.content, "html.parser")
        assert not page.find_all(style=True)
        assert not page.find_all("style")
        assert not [script for script in page.find_all("script") if not script.get("src")]
        assert not [tag.name for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
        sources = [tag.get("src") or tag.get("href") for tag in page.find_all(["script", "link", "img"])]
        assert all(source.startswith(("/", settings.BASE_URL)) for source in sources)


def test_one_heading_of_the_page_a_language_and_words_for_every_picture(client, site):
    for path in PAGES:
        page = page_of(client, path)
        assert page.html["lang"] == "zh-hans"
        assert len(page.find_all("h1")) == 1
        assert page.title.text.strip()
        assert page.find("meta", {"name": "description"})["content"]
        for picture in page.find_all("img"):
            assert picture.has_attr("alt")
            assert int(picture["width"]) > 0
            assert int(picture["height"]) > 0
        levels = [int(heading.name[1]) for heading in page.main.find_all(re.compile("^h[1-6]$"))]
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), levels


def test_every_word_is_chinese(client, site):
    for path in PAGES:
        page = page_of(client, path)
        shown = page.get_text(" ") + " ".join(
            str(tag.get(name, ""))
            for tag in page.find_all(True)
            for name in ("alt", "aria-label", "placeholder", "title")
        )
        assert set(re.findall(r"[A-Za-z]{3,}", shown)) <= LATIN_WORDS_ALLOWED


def test_the_first_load_is_light(client, site):
    for path in PAGES:
        response = client.get(path)
        page = BeautifulSoup(response.content, "html.parser")
        files = {tag["href"] for tag in page.find_all("link", rel=["stylesheet", "icon"])}
        files |= {tag["src"] for tag in page.find_all("script")}
        weight = len(response.content) + sum(_size(file) for file in files)
        assert weight <= FIRST_LOAD


def _size(address: str) -> int:
    return Path(finders.find(address.removeprefix(settings.STATIC_URL))).stat().st_size


def test_a_chat_can_make_a_card_of_it(client, site):
    for path in TO_SHARE:
        page = page_of(client, path)
        card = {tag["property"]: tag["content"] for tag in page.find_all("meta", property=True)}
        assert card["og:title"]
        assert card["og:description"]
        assert card["og:url"] == settings.BASE_URL + path
        assert card["og:image"].startswith(settings.BASE_URL)
        assert page.find("link", rel="canonical")["href"] == card["og:url"]
        picture = card["og:image"].removeprefix(settings.BASE_URL)
        if picture.startswith("/media/"):
            assert client.get(picture)["Content-Type"] == "image/jpeg"
        else:
            assert _size(picture)


def test_help_is_one_tap_away(client, site):
    for path in PAGES:
        page = page_of(client, path)
        assert page.find("a", href="tel:12356")
        assert page.find("a", href="/help/")


def test_pictures_further_down_wait_until_they_are_near(client, site):
    for path in ["/", "/parents/", ARTICLE, "/help/"]:
        pictures = page_of(client, path).main.find_all("img")
        eager = [picture for picture in pictures if picture.get("loading") != "lazy"]
        assert len(eager) <= 1
        assert all(".webp" in picture["src"] for picture in pictures)


def test_a_copy_is_asked_about_and_a_change_shows_at_once(client, site):
    for path in ["/", "/parents/", ARTICLE, "/help/", "/privacy/"]:
        first = client.get(path)
        assert "no-cache" in first["Cache-Control"]
        assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    tags = {path: client.get(path)["ETag"] for path in ("/", "/parents/")}
    ArticleFactory(title="刚刚发布的一篇")
    for path, tag in tags.items():
        again = client.get(path, headers={"if-none-match": tag})
        assert again.status_code == 200
        assert "刚刚发布的一篇" in again.content.decode()


def test_who_is_logged_in_reads_the_same_and_no_cache_keeps_it(client, site):
    paths = ["/", "/parents/", ARTICLE, "/help/", "/search/?q=情绪"]
    before = {path: page_of(client, path).main.get_text(" ", strip=True) for path in paths}
    for role in (Role.GUARDIAN, Role.EDITOR, Role.COUNSELOR):
        client.force_login(person_with(role))
        for path in paths:
            response = client.get(path)
            assert "private" in response["Cache-Control"]
            assert BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True) == before[path]


def test_hostile_addresses_are_missing_pages(client, site):
    for path in ("/parents/%00/", "/parents/../admin/x/", "/nothing-here/", "/parents/'/", f"/{'a' * 3000}/"):
        assert client.get(path).status_code == 404


# -- home --------------------------------------------------------------------------------------------------------------


def test_home_shows_what_the_editor_chose_and_then_the_newest(client, index):
    pages = [ArticleFactory(title=f"第{number}篇文章") for number in range(8)]
    home = HomePage.objects.get()
    HomeFeature.objects.create(home=home, page=pages[0], sort_order=0)
    shown = [heading.text for heading in page_of(client, "/").select(".arts h3")]
    assert shown == ["第0篇文章", *(f"第{number}篇文章" for number in (7, 6, 5, 4, 3))]


def test_a_new_site_without_articles_says_what_to_do(client, index):
    page = page_of(client, "/")
    assert "还没有文章" in page.main.text
    assert page.select_one(".empty a")["href"] == "/help/"


def test_each_quick_question_is_a_search(client, site):
    asks = page_of(client, "/").select(".hero .asks a")
    assert len(asks) == 6
    assert all(ask["href"].startswith(reverse("search") + "?q=") for ask in asks)


@pytest.mark.parametrize("count", [3, 30])
def test_home_takes_the_same_queries_for_three_articles_and_for_thirty(client, index, count, django_assert_num_queries):
    for _ in range(count):
        ArticleFactory()
    client.get("/")
    with django_assert_num_queries(8):
        client.get("/")


def test_plain_pages_take_few_queries(client, index, django_assert_num_queries):
    for path, queries in (("/help/", 7), ("/privacy/", 7), ("/about/", 6)):
        client.get(path)
        with django_assert_num_queries(queries):
            client.get(path)


# -- help now ----------------------------------------------------------------------------------------------------------


def test_the_help_page_dials_every_number_and_begins_with_12356(client, index):
    page = page_of(client, "/help/")
    dialled = [link["href"] for link in page.main.select(".calls a")]
    assert dialled[:4] == ["tel:12356", "tel:12355", "tel:120", "tel:110"]
    assert [heading.text for heading in page.main.select(".readers h2")] == ["写给孩子", "写给家长", "写给老师"]


def test_the_help_page_names_the_schools_own_room(client, index):
    words = SiteWords.for_site(index.get_site())
    words.room_place, words.room_phone = "综合楼二楼", "010-1234 5678"
    words.save()
    page = page_of(client, "/help/")
    assert page.find("a", href="tel:01012345678")
    assert "综合楼二楼" in page.main.text
