"""Headings: Chinese and English, any order, one row or two."""

import pytest
from django.utils import translation

from xinqiao.school.roster.errors import FileRefused
from xinqiao.school.roster.headers import field_of, find_headers


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("学号", "number"),
        ("学 号*", "number"),
        ("Student No.", "number"),
        ("student_id", "number"),
        ("姓名（必填）", "name"),
        ("Name", "name"),
        ("性別", None),
        ("性别", "sex"),
        ("Date of Birth", "born_on"),
        ("出生年月日", "born_on"),
        ("班级名称", "class"),
        ("Grade", "grade"),
        ("监护人姓名", "1.name"),
        ("监护人1姓名", "1.name"),
        ("监护人二姓名", "2.name"),
        ("第二监护人姓名", "2.name"),
        ("家长2电话", "2.phone"),
        ("家长联系电话", "1.phone"),
        ("家长手机号码", "1.phone"),
        ("监护人姓名2", "2.name"),
        ("Guardian 2 Phone", "2.phone"),
        ("Parent Name", "1.name"),
        ("guardian_1_relationship", "1.relation"),
        ("与学生关系", "1.relation"),
        ("父亲姓名", "father.name"),
        ("母亲电话", "mother.phone"),
        ("Father's phone", "father.phone"),
        ("Mother", "mother.name"),
        ("联系电话", "1.phone"),
        ("电话2", "2.phone"),
        ("家庭住址", None),
        ("身份证号", None),
        ("备注", None),
    ],
)
def test_a_heading_is_understood(heading, name):
    found = field_of(heading)
    assert (found and found[0]) == name


def test_a_title_above_the_headings_is_passed_over():
    found = find_headers(
        [(1, ["心桥小学学生名册", "", ""]), (3, ["班级", "姓名", "学号"]), (4, ["三（2）班", "王小明", "1"])]
    )
    assert found.row == 3
    assert found.columns == {"class": 0, "name": 1, "number": 2}
    assert list(found.rows) == [(4, ["三（2）班", "王小明", "1"])]


def test_merged_cells_above_are_joined_with_what_stands_below():
    found = find_headers(
        [
            (1, ["学号", "姓名", "班级", "监护人一", "", "", "监护人二", "", ""]),
            (2, ["", "", "", "姓名", "关系", "电话", "姓名", "关系", "电话"]),
            (3, ["1", "王小明", "三（2）班", "李芳", "母亲", "13800138000", "", "", ""]),
        ]
    )
    assert found.row == 2
    assert found.columns == {
        "number": 0,
        "name": 1,
        "class": 2,
        "1.name": 3,
        "1.relation": 4,
        "1.phone": 5,
        "2.name": 6,
        "2.relation": 7,
        "2.phone": 8,
    }
    assert [number for number, _cells in found.rows] == [3]


def test_a_group_above_the_childs_own_columns_says_nothing_new():
    found = find_headers(
        [
            (1, ["学生信息", "", "", "家长信息", ""]),
            (2, ["学号", "姓名", "班级", "家长姓名", "家长电话"]),
            (3, ["1", "王小明", "三（2）班", "李芳", "13800138000"]),
        ]
    )
    assert found.columns == {"number": 0, "name": 1, "class": 2, "1.name": 3, "1.phone": 4}


def test_the_schools_number_goes_before_the_national_one_and_what_means_nothing_is_named():
    found = find_headers([(1, ["学籍号", "学号", "姓名", "班级", "住址"])])
    assert found.columns["number"] == 1
    assert found.unused == ["学籍号", "住址"]


@pytest.mark.parametrize("headings", [["学号", "姓名"], ["学号", "姓名", "班级", "姓名"]])
def test_a_column_that_lacks_or_stands_there_twice_is_refused(headings):
    with translation.override("en"), pytest.raises(FileRefused):
        find_headers([(1, headings)])


def test_no_headings_no_roster():
    assert find_headers([(1, ["a", "b"]), (2, ["c", "d"])]) is None
