"""Asking in Chinese: what is found, in which order, how it is shown, and what is never kept."""

import logging

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.search import limits
from content.search.segment import index_words, meanings, question_words
from content.search.snippet import LENGTH, marked, snippet
from content.search.words import CRISIS_PHRASES, SAME_MEANING, sounds_like_crisis
from tests.factories.content import ArticleFactory, text_block


def ask(client, question: str, **more: str):
    return client.get(reverse("search"), {"q": question, **more})


def titles(response) -> list[str]:
    return [answer["page"].title for answer in response.context.get("answers", [])]


# -- what is found -----------------------------------------------------------------------------------------------------


def test_a_word_inside_a_chinese_sentence_is_found(client, index):
    ArticleFactory(title="孩子被欺凌了怎么办", body=[text_block("先让他安全。")])
    assert titles(ask(client, "欺凌")) == ["孩子被欺凌了怎么办"]
    assert titles(ask(client, "被欺凌")) == ["孩子被欺凌了怎么办"]


def test_a_whole_sentence_is_understood_by_the_words_that_tell(client, index):
    ArticleFactory(title="陪他睡个好觉", body=[text_block("睡眠是一点一点找回来的。")])
    ArticleFactory(title="和同学", body=[text_block("同学之间。")])
    assert titles(ask(client, "我的孩子最近总是睡不着怎么办？"))[0] == "陪他睡个好觉"


def test_the_topic_of_an_article_finds_it(client, index):
    ArticleFactory(title="教孩子说出心里的话", body=[text_block("慢慢来。")])
    assert titles(ask(client, "情绪")) == ["教孩子说出心里的话"]


def test_a_title_weighs_more_than_the_text(client, index):
    ArticleFactory(title="别的事", summary="别的。", body=[text_block("有时也会说到手机。" + "读书和运动。" * 20)])
    ArticleFactory(title="手机怎么管", summary="约定。", body=[text_block("坐下来谈。")])
    assert titles(ask(client, "手机"))[0] == "手机怎么管"


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("霸凌", "欺凌"),
        ("失眠", "睡眠"),
        ("厌学", "上学"),
        ("去世", "离世"),
        ("网瘾", "手机"),
        ("不合群", "同伴"),
        ("抑郁", "低落"),
    ],
)
def test_words_of_the_same_meaning_find_each_other(client, index, asked, written):
    ArticleFactory(title="一篇文章", body=[text_block(f"这里说的是{written}。")])
    assert titles(ask(client, asked)) == ["一篇文章"]


@pytest.mark.parametrize("asked", ["不想活", "孩子说不想活了怎么办", "自残", "想死", "她想跳楼"])
def test_words_of_danger_find_the_text_written_for_it_first(client, index, asked):
    ArticleFactory(title="孩子说“不想上学”", body=[text_block("如果他说不想活了，当天联系心理老师。")])
    ArticleFactory(title="孩子说“活着没意思”时", body=[text_block("先当真，再慢下来。")])
    assert titles(ask(client, asked))[0] == "孩子说“活着没意思”时"


def test_when_no_text_has_all_words_the_closest_are_shown_and_that_is_said(client, index):
    ArticleFactory(title="关于转学", body=[text_block("转学以后。")])
    response = ask(client, "转学 恐龙")
    assert titles(response) == ["关于转学"]
    assert response.context["loosely"]


def test_a_topic_narrows_the_answers_and_an_unknown_one_does_not(client, index):
    ArticleFactory(title="情绪一", body=[text_block("哭。")])
    assert titles(ask(client, "情绪", topic="sleep")) == []
    assert titles(ask(client, "情绪", topic="no-such-topic")) == ["情绪一"]


def test_drafts_and_what_was_taken_down_are_not_found(client, index):
    ArticleFactory(title="情绪的草稿", live=False)
    page = ArticleFactory(title="情绪的文章")
    assert titles(ask(client, "情绪")) == ["情绪的文章"]
    page.unpublish()
    assert titles(ask(client, "情绪")) == []


def test_what_is_found_comes_ten_a_page(client, index):
    for _ in range(12):
        ArticleFactory()
    assert len(titles(ask(client, "情绪"))) == 10
    assert len(titles(ask(client, "情绪", page="2"))) == 2
    assert len(titles(ask(client, "情绪", page="nonsense"))) == 10


def test_nothing_found_offers_other_questions_and_a_person(client, index):
    html = ask(client, "恐龙").content.decode()
    assert "没有找到" in html
    assert reverse("search") + "?q=" in html
    assert 'href="/help/"' in html


# -- questions of every kind -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "   ", "？！", "，。"])
def test_an_empty_question_is_no_error(client, index, question):
    response = ask(client, question)
    assert response.status_code == 200
    assert titles(response) == []


def test_a_question_that_is_too_long_is_told_so_and_is_not_asked(client, index, django_assert_num_queries):
    response = ask(client, "情" * 61)
    assert "请说得短一些" in response.content.decode()
    assert "answers" not in response.context


@pytest.mark.parametrize(
    "question",
    [
        "' OR 1=1 --", '"; DROP TABLE x;', "<script>alert(1)</script>", "\x00情绪", "((((", ":*&|!<->", "a:*", "\\", "%",
        "${7*7}{{7*7}}", "😀" * 20, "𠮷" * 30, "ﷺ" * 20, "-", "NOT", "情绪 & 睡眠", "‮情绪",
    ],
)  # fmt: skip
def test_hostile_questions_are_answered_and_shown_as_text(client, index, question):
    ArticleFactory()
    response = ask(client, question)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


@given(question=st.text(max_size=60))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_question_at_all_is_answered(client, index, question):
    limits.cache.clear()
    assert ask(client, question).status_code == 200


# -- how it is shown ---------------------------------------------------------------------------------------------------


def test_the_words_asked_for_are_marked_and_what_is_in_texts_stays_text(client, index):
    ArticleFactory(title="手机 <b>与</b> 约定", body=[text_block("手机放在客厅。")])
    html = ask(client, "手机").content.decode()
    assert "<mark>手机</mark>" in html
    assert "&lt;b&gt;与&lt;/b&gt;" in html


@given(text=st.text(max_size=200), words=st.lists(st.text(max_size=5), max_size=5))
def test_marking_loses_and_adds_nothing(text, words):
    assert "".join(part for part, _hit in marked(text, words)) == text


@given(
    text=st.text(alphabet="情绪睡眠。！a ", max_size=400), words=st.lists(st.sampled_from(["情绪", "睡眠", "没有的词"]))
)
def test_a_snippet_is_short_and_shows_a_word_where_the_text_has_one(text, words):
    parts = snippet(text, words)
    shown = "".join(part for part, _hit in parts)
    assert len(shown) <= LENGTH + 2
    if any(word in text for word in words):
        assert any(hit for _part, hit in parts)


@given(st.text(max_size=80))
def test_the_words_of_a_question_are_few_and_each_once(question):
    words = question_words(question)
    assert len(words) <= 8
    assert len(words) == len(set(words))
    assert all(meanings(word)[0] == word for word in words)


@pytest.mark.parametrize("word", sorted({word for row in SAME_MEANING for word in row}))
def test_every_known_word_is_cut_in_a_text_as_it_is_asked(word):
    text = set(index_words(f"孩子最近总是{word}，我们很担心").split())
    asked = question_words(word)
    assert text & {meaning for one in asked for meaning in meanings(one)}


# -- danger ------------------------------------------------------------------------------------------------------------


def test_a_question_that_sounds_like_danger_gets_help_before_any_answer(client, index):
    ArticleFactory()
    html = ask(client, "孩子说 不 想 活 了").content.decode()
    assert html.index("tel:12356") < html.index('id="id_q"')
    assert 'class="help crisis"' in html
    assert 'class="help crisis"' not in ask(client, "情绪").content.decode()


@pytest.mark.parametrize("phrase", CRISIS_PHRASES)
def test_blanks_and_signs_do_not_hide_danger(phrase):
    assert sounds_like_crisis(" ".join(phrase))
    assert sounds_like_crisis(f"，{phrase.upper()}！！")


def test_help_comes_even_where_too_many_searches_come(client, index, monkeypatch):
    monkeypatch.setattr(limits, "SEARCHES", 2)
    for _ in range(2):
        assert ask(client, "情绪").status_code == 200
    response = ask(client, "不想活")
    assert response.status_code == 429
    assert "tel:12356" in response.content.decode()
    assert client.get(reverse("search")).status_code == 200


# -- what is kept ------------------------------------------------------------------------------------------------------


def test_what_people_ask_is_not_kept_anywhere(client, index, caplog):
    canary = "金丝雀七七"
    with caplog.at_level(logging.DEBUG):
        response = ask(client, canary)
    assert canary not in caplog.text
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert canary not in response.content.decode().split("</head>")[0]


@pytest.mark.parametrize("count", [3, 30])
def test_the_search_takes_the_same_queries_for_three_articles_and_for_thirty(
    client, index, count, django_assert_num_queries
):
    for _ in range(count):
        ArticleFactory()
    ask(client, "情绪")
    with django_assert_num_queries(6):
        assert len(titles(ask(client, "情绪"))) == min(count, 10)
