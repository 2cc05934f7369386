"""Cells as schools write them."""

import datetime

import pytest

from xinqiao.school.roster import cells
from xinqiao.school.roster.cells import Unreadable

TODAY = datetime.date(2026, 11, 25)
DAY = datetime.date(2017, 9, 1)


@pytest.mark.parametrize(
    "written",
    [
        (2017, 9, 1),
        "2017-09-01",
        "2017/9/1",
        "2017.9.1",
        "2017年9月1日",
        "２０１７年９月１日",
        "二〇一七年九月一日",
        "20170901",
        20170901.0,
        42979.0,
        "42979",
        "2017-09-01 00:00:00",
        " 2017 - 9 - 1 ",
    ],
)
def test_a_birthday_is_read_in_every_usual_form(written):
    assert cells.birthday(written, TODAY) == DAY


@pytest.mark.parametrize(
    "written", ["2017-02-30", "九月", "01/09/2017", "1917-09-01", "2026-10-01", 3.0, "2017", "nan", 1e300]
)
def test_what_is_no_birthday_is_refused(written):
    with pytest.raises(Unreadable):
        cells.birthday(written, TODAY)


@pytest.mark.parametrize(
    ("grade", "school_class"),
    [
        ("三年级", "2班"),
        ("三", "（2）班"),
        (3.0, 2.0),
        ("Grade 3", "Class 2"),
        ("2024级", "2"),
        ("", "三年级2班"),
        ("", "三年级（2）班"),
        ("", "三（２）班"),
        ("", "三 年 级 二 班"),
        ("", "3.2"),
        ("", 3.2),
        ("", 302.0),
        ("", "302班"),
        ("", "G3C2"),
        ("", "2024级2班"),
        ("", "Class 3(2)"),
        ("三年级", "三年级2班"),
        ("三年级", 302.0),
    ],
)
def test_a_class_is_read_in_every_usual_form(grade, school_class):
    assert cells.class_place(grade, school_class, 2026) == (3, 2)


@pytest.mark.parametrize(
    ("grade", "school_class"),
    [
        ("", ""),
        ("", "2班"),
        ("", "7年级2班"),
        ("四年级", "三年级2班"),
        ("七年级", "2班"),
        ("三年级", "0班"),
        ("三年级", "99班"),
        ("", "32"),
        ("", "=A1"),
    ],
)
def test_a_class_that_could_be_another_is_refused(grade, school_class):
    with pytest.raises(Unreadable):
        cells.class_place(grade, school_class, 2026)


def test_a_class_of_two_digits_is_told_from_its_grade():
    assert cells.class_place("", "312", 2026) == (3, 12)
    assert cells.class_place("三年级", "12班", 2026) == (3, 12)
    assert cells.class_place("", "三年级十二班", 2026) == (3, 12)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张　三", "张三"),
        (" 马骉 ", "马骉"),
        ("𠮷田𡘙", "𠮷田𡘙"),
        ("㛃䶮", "㛃䶮"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("Anna  Maria O'Neil", "Anna Maria O'Neil"),
        ("王\u200b小明", "王小明"),
        ("王小明\n", "王小明"),
        ("林\u3000\u3000𠮷", "林𠮷"),
    ],
)
def test_rare_characters_stay_and_alignment_goes(written, name):
    assert cells.person_name(written) == name


@pytest.mark.parametrize(
    "written", ["", "   ", "=1+1", "+cmd", "@SUM(A1)", "-", "<b>王</b>", "王\x07明", "\ue000", "12", "王" * 41]
)
def test_what_is_no_name_is_refused(written):
    with pytest.raises(Unreadable):
        cells.person_name(written)


@pytest.mark.parametrize(
    ("written", "number"),
    [("２０２６０００１", "20260001"), (20260001.0, "20260001"), (" 2026 0001", "20260001"), ("G1-20", "G1-20")],
)
def test_a_school_number_is_read_with_full_width_digits(written, number):
    assert cells.school_number(written) == number


@pytest.mark.parametrize("written", ["", 1.5, 1e18, "1.1010120170901E+17", "=1", "a" * 21, "../1", "学号"])
def test_a_school_number_that_was_rounded_or_is_none_is_refused(written):
    with pytest.raises(Unreadable):
        cells.school_number(written)


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("13800138000", "13800138000"),
        (13800138000.0, "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("010-88886666", "01088886666"),
        ("+85291234567", "+85291234567"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_telephone_is_read_in_every_usual_form(written, phone):
    assert cells.telephone(written) == phone


@pytest.mark.parametrize("written", ["12345", "13800138000, 13900139000", "1380013800", "=1", "无"])
def test_what_is_no_whole_telephone_is_refused(written):
    with pytest.raises(Unreadable):
        cells.telephone(written)


def test_sex_and_relation_in_two_languages():
    assert [cells.sex(each) for each in ("男", "女", "M", "female", "１", 2.0, "")] == [
        "m",
        "f",
        "m",
        "f",
        "m",
        "f",
        "",
    ]
    assert [cells.relation(each) for each in ("妈妈", "父女", "外婆", "姑姑", "Grandpa", "")] == [
        "mother",
        "father",
        "grandparent",
        "other",
        "grandparent",
        "",
    ]
