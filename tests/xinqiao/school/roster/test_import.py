"""Taking a roster over: what is entered, changed, left, and that the same file again changes nothing."""

import datetime
import json

import pytest
from django.core.management import CommandError, call_command

from tests.factories.accounts import person_with
from tests.factories.rosters import csv_file, old_excel, row, xlsx
from tests.factories.school import GuardianshipFactory, SchoolClassFactory, SchoolFactory, StudentFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.school.models import Enrolment, Guardian, Guardianship, SchoolClass, Student
from xinqiao.school.roster.apply import DirectoryChanged, dry_run, import_roster

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 25)


@pytest.fixture
def school():
    return SchoolFactory()


@pytest.fixture
def take(school, tmp_path):
    """Import these rows as a workbook, and give the counts."""

    def take(*rows, **how):
        how = {"school": school, "by": None, "today": TODAY, **how}
        return import_roster(path=xlsx(tmp_path / "roster.xlsx", list(rows)), **how)

    return take


def test_a_new_child_gets_a_class_an_enrolment_pinyin_and_a_guardian(take, school):
    plan = take(row())
    assert plan.as_dict() == {"created": 1, "updated": 0, "unchanged": 0, "left": 0, "errors": []}
    child = Student.objects.get(school=school)
    assert (child.number, child.name, child.sex, child.born_on) == (
        "20260001",
        "王小明",
        "m",
        datetime.date(2018, 3, 5),
    )
    assert (child.pinyin, child.pinyin_initials) == ("wangxiaoming", "wxm")
    assert (child.current_class.grade.number, child.current_class.number) == (3, 2)
    assert child.enrolments.get().starts_on == TODAY
    link = child.guardianships.get()
    assert (link.relation, link.guardian.name, link.guardian.phone) == ("mother", "李芳", "13800138000")


def test_the_same_file_again_changes_nothing(take):
    rows = [row(), row("20260002", "赵　云", 性别="女", 第二监护人姓名="赵强", 第二监护人电话="010-88886666")]
    assert take(*rows).counts()["created"] == 2
    before = list(Student.objects.values()), list(Guardian.objects.values()), list(Enrolment.objects.values())
    assert take(*rows).counts() == {"created": 0, "updated": 0, "unchanged": 2, "left": 0}
    assert before == (
        list(Student.objects.values()),
        list(Guardian.objects.values()),
        list(Enrolment.objects.values()),
    )


def test_one_error_and_nothing_is_written(take):
    plan = take(row(), row("20260002", "李雷", 性别="x", 监护人电话="12345"))
    assert [(e.row, e.column, e.value) for e in plan.errors] == [(3, "性别", "x"), (3, "监护人电话", "12345")]
    assert not Student.objects.exists()
    assert not SchoolClass.objects.exists()
    assert not AuditEntry.objects.filter(action="roster.import").exists()


def test_nobody_leaves_because_of_a_slip_in_a_row(take):
    take(row(), row("20260002", "李雷"))
    plan = take(row(), row("20260002", "李雷", 出生日期="九月"))
    assert (plan.left, len(plan.errors)) == ([], 1)


def test_a_dry_run_says_it_all_and_writes_nothing(school, tmp_path):
    plan = dry_run(school=school, path=xlsx(tmp_path / "r.xlsx", [row()]), by=None, today=TODAY)
    assert plan.counts()["created"] == 1
    assert plan.classes == [(3, 2)]
    assert not Student.objects.exists()


def test_a_child_who_changes_class_keeps_the_history(take, school):
    take(row(), today=datetime.date(2026, 9, 1))
    assert take(row(班级="3班")).counts()["updated"] == 1
    child = Student.objects.get(school=school)
    assert child.current_class.number == 3
    assert list(child.enrolments.order_by("starts_on").values_list("starts_on", "ends_on")) == [
        (datetime.date(2026, 9, 1), TODAY - datetime.timedelta(days=1)),
        (TODAY, None),
    ]


def test_a_class_that_is_corrected_on_the_same_day_leaves_one_enrolment(take):
    take(row())
    take(row(班级="5班"))
    assert Enrolment.objects.get().school_class.number == 5


def test_who_sits_in_a_class_of_the_file_and_not_in_the_file_has_left(take):
    take(row(), row("20260002", "李雷"), row("20260003", "韩梅", 班级="9班"))
    plan = take(row())
    assert plan.counts() == {"created": 0, "updated": 0, "unchanged": 1, "left": 1}
    gone = Student.objects.get(number="20260002")
    assert gone.current_class is None
    assert gone.enrolments.get().ends_on == TODAY
    assert Student.objects.get(number="20260003").current_class.number == 9


def test_who_comes_back_is_enrolled_again(take):
    take(row(), row("20260002", "李雷"), today=datetime.date(2026, 9, 1))
    take(row(), today=datetime.date(2026, 10, 1))
    assert take(row(), row("20260002", "李雷")).counts()["updated"] == 1
    assert Student.objects.get(number="20260002").enrolments.count() == 2


def test_brothers_and_sisters_share_a_guardian(take):
    take(row(), row("20260002", "王小红"))
    assert Guardian.objects.count() == 1
    assert Guardianship.objects.count() == 2
    take(row(), row("20260002", "王小红"), row("20260003", "王小兰"))
    assert Guardian.objects.count() == 1


def test_a_guardians_new_number_changes_the_guardian_and_can_be_found_by(take):
    take(row())
    assert take(row(监护人电话="13900139000")).counts()["updated"] == 1
    assert Guardian.objects.get().phone == "13900139000"


def test_two_rows_that_give_one_guardian_two_numbers_are_refused(take):
    take(row(), row("20260002", "王小红"))
    plan = take(row(监护人电话="13900139000"), row("20260002", "王小红", 监护人电话="13700137000"))
    assert [e.row for e in plan.errors] == [3]
    assert Guardian.objects.get().phone == "13800138000"


def test_a_guardian_whom_a_court_restricted_stays_restricted(take, school):
    take(row())
    Guardianship.objects.update(restricted=True)
    take(row(关系="父亲"))
    link = Guardianship.objects.get()
    assert link.restricted
    assert link.relation == "father"


def test_an_empty_cell_takes_nothing_away(take):
    take(row())
    assert take(row(性别="", 出生日期="", 监护人姓名="", 关系="", 监护人电话="")).counts()["unchanged"] == 1
    assert Student.objects.get().sex == "m"
    assert Guardianship.objects.count() == 1


def test_a_number_twice_in_the_file_waits_for_a_decision(take):
    rows = [row(), row(name="王大明")]
    plan = take(*rows)
    assert [(e.row, e.value) for e in plan.all_errors()] == [(3, "20260001")]
    assert not Student.objects.exists()
    take(*rows, decisions={plan.questions[0].key: "last"})
    assert Student.objects.get().name == "王大明"


def test_a_row_that_was_copied_says_nothing_new(take):
    assert take(row(), row()).counts()["created"] == 1


def test_a_known_name_and_birthday_with_a_new_number_waits_for_a_decision(take):
    take(row())
    plan = take(row("20269999"))
    assert [question.row for question in plan.questions] == [2]
    assert Student.objects.get().number == "20260001"
    assert take(row("20269999"), decisions={"near": "same"}).counts()["updated"] == 1
    assert Student.objects.get().number == "20269999"


def test_or_it_is_another_child_of_that_name(take):
    take(row())
    plan = take(row("20269999"), row(), decisions={"near": "other"})
    assert plan.counts() == {"created": 1, "updated": 0, "unchanged": 1, "left": 0}


def test_two_children_may_change_numbers(take):
    take(row("A1", "王小明"), row("A2", "李雷", 出生日期="2018-01-01"))
    plan = take(row("A2", "王小明"), row("A1", "李雷", 出生日期="2018-01-01"))
    assert plan.counts()["updated"] == 2


def test_other_schools_are_left_alone(take):
    other = StudentFactory(number="20260001", current_class=SchoolClassFactory(grade__school=SchoolFactory()))
    GuardianshipFactory(student=other)
    take(row())
    other.refresh_from_db()
    assert other.name != "王小明"
    assert Student.objects.count() == 2


def test_only_whose_duty_it_is_may_import(school, tmp_path):
    path = xlsx(tmp_path / "r.xlsx", [row()])
    with pytest.raises(NotPermitted):
        import_roster(school=school, path=path, by=person_with(Role.PRINCIPAL, school=school))
    with pytest.raises(NotPermitted):
        dry_run(school=school, path=path, by=person_with(Role.ADMINISTRATOR, school=SchoolFactory()))
    admin = person_with(Role.ADMINISTRATOR, school=school)
    import_roster(school=school, path=path, by=admin)
    entry = AuditEntry.objects.get(action="roster.import")
    assert entry.actor == admin
    assert entry.details == {"created": 1, "updated": 0, "unchanged": 0, "left": 0, "rows": 1}


def test_what_is_not_as_it_was_shown_is_not_done(take):
    with pytest.raises(DirectoryChanged):
        take(row(), expected={"created": 0, "updated": 0, "unchanged": 1, "left": 0})
    assert not Student.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_says_the_same_as_a_workbook(take, school, tmp_path, encoding):
    rows = [row(), row("20260002", "马骉", 班级="1班"), row("20260003", "㛃䶮", 班级="三（2）班")]
    take(*rows)
    again = dry_run(school=school, path=csv_file(tmp_path / "r.csv", rows, encoding=encoding), by=None, today=TODAY)
    assert again.counts() == {"created": 0, "updated": 0, "unchanged": 3, "left": 0}


def test_an_old_excel_file_is_read_too(school, tmp_path):
    plan = dry_run(school=school, path=old_excel(tmp_path / "r.xls"), by=None, today=TODAY)
    assert [(c.number, c.name, c.sex, c.born_on, c.place) for c in plan.created] == [
        ("20260001", "马骉", "m", datetime.date(2018, 3, 5), (3, 2))
    ]


def test_the_command_prints_one_object_and_says_by_its_exit_how_it_went(school, tmp_path, capsys):
    call_command("import_roster", str(xlsx(tmp_path / "r.xlsx", [row()])), "--json")
    assert json.loads(capsys.readouterr().out) == {"created": 1, "updated": 0, "unchanged": 0, "left": 0, "errors": []}
    with pytest.raises(SystemExit) as refused:
        call_command("import_roster", str(xlsx(tmp_path / "r.xlsx", [row(性别="x")])), "--json", "--dry-run")
    assert refused.value.code == 1
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["row"], error["column"], error["value"]) == (2, "性别", "x")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(SystemExit) as refused:
        call_command("import_roster", str(tmp_path / "empty.csv"))
    assert refused.value.code == 1
    with pytest.raises(CommandError) as wrong_use:
        call_command("import_roster", str(tmp_path / "none.csv"))
    assert wrong_use.value.returncode == 2


def test_the_command_asks_which_school_where_there_are_several(school, tmp_path):
    other, path = SchoolFactory(), str(xlsx(tmp_path / "r.xlsx", [row()]))
    with pytest.raises(CommandError):
        call_command("import_roster", path)
    call_command("import_roster", path, "--school", str(other.pk), "--json")
    assert Student.objects.get().school == other
