"""Addresses that can be read and typed, from Chinese titles."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.models.slugs import MAX_LENGTH, pinyin_slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("孩子不想上学", "hai-zi-bu-xiang-shang-xue"),
        ("孩子说“不想上学”，先听这三句话", "hai-zi-shuo-bu-xiang-shang-xue-xian-ting-zhe-san-ju-hua"),
        ("12356 热线", "12356-re-xian"),
        ("PDF 与打印", "pdf-yu-da-yin"),
        ("？！", ""),
        ("", ""),
    ],
)
def test_a_title_becomes_pinyin(title, slug):
    assert pinyin_slug(title) == slug


def test_a_long_title_is_cut_at_a_syllable():
    slug = pinyin_slug("家里有变故亲人离世的时候孩子最需要知道的是什么呢我们怎么说")
    assert len(slug) <= MAX_LENGTH
    assert not slug.endswith("-")
    assert "jia-li-you-bian-gu" in slug


@given(st.text(max_size=120))
def test_any_title_gives_plain_letters(title):
    assert re.fullmatch(r"[a-z0-9_-]{0,60}", pinyin_slug(title))
