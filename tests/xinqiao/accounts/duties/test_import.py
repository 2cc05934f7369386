"""A list of duties as a file: what it says of each person, every error, all or nothing, and the same file again."""

import datetime
import io

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories.accounts import AppointmentFactory, UserFactory, person_with
from tests.factories.duties import HEADINGS, duty_row
from tests.factories.rosters import csv_file, xlsx
from tests.factories.school import GradeFactory, SchoolClassFactory, SchoolFactory, TermFactory
from xinqiao.accounts.appointments import end_appointment
from xinqiao.accounts.duties import runs, steps
from xinqiao.accounts.duties.models import DutyRun
from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment
from xinqiao.audit.models import AuditEntry
from xinqiao.school.roster.errors import FileRefused

pytestmark = pytest.mark.django_db
DAY = datetime.date


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime.datetime(2026, 11, 24, 2, 0, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def school():
    school = SchoolFactory()
    TermFactory(school=school)
    return school


@pytest.fixture
def school_class(school):
    return SchoolClassFactory(grade=GradeFactory(school=school, number=3), number=2)


@pytest.fixture
def administrator(school):
    return person_with(Role.ADMINISTRATOR, school=school)


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def chen():
    return UserFactory(username="chen", display_name="陈一老师")


@pytest.fixture
def checked(administrator, school, tmp_path):
    """Hand rows in; the run and its plan."""

    def check(*rows, headings=None, path=None):
        path = path or xlsx(tmp_path / "d.xlsx", list(rows), headings or HEADINGS)
        with path.open("rb") as file:
            run = runs.start_import(by=administrator, school=school, upload=file)
        return run, runs.plan_of(run, administrator)

    return check


def errors_of(plan):
    return [(error.row, error.column, error.value) for error in plan.errors]


@pytest.mark.usefixtures("school_class")
def test_new_duties_are_seen_first_then_given_and_the_same_file_again_changes_nothing(
    checked, administrator, chen, school_class
):
    rows = [
        duty_row("chen"),
        duty_row(姓名="陈一", 职务="心理教师", 班级="", 开始日期="2026年12月1日"),
        duty_row("chen", 职务="年级组长", 班级="", 年级="三年级", 开始日期="", 结束日期="2027/7/9"),
    ]
    run, plan = checked(*rows)
    assert not plan.errors
    assert not Appointment.objects.filter(user=chen).exists()
    runs.apply_import(by=administrator, run=run, seen=plan.fingerprint())
    given = Appointment.objects.filter(user=chen).order_by("role")
    assert [(each.role, each.starts_on, each.ends_on) for each in given] == [
        (Role.COUNSELOR, DAY(2026, 12, 1), None),
        (Role.GRADE_LEADER, DAY(2026, 11, 24), DAY(2027, 7, 9)),
        (Role.HOMEROOM, DAY(2027, 3, 1), None),
    ]
    assert given[2].school_class == school_class
    run.refresh_from_db()
    assert (run.state, run.content, run.given) == ("done", "", 3)
    assert AuditEntry.objects.filter(action="appointment.give").count() == 3
    _run, again = checked(*rows)
    assert (again.steps, again.unchanged, again.errors) == ([], 3, [])


@pytest.mark.usefixtures("school_class", "chen")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_each_encoding_with_english_headings_in_any_order(checked, tmp_path, encoding):
    english = {"Until": "", "From": "2027-03-01", "Class": "三（2）班", "Duty": "班主任", "Name": "陈一"}
    path = csv_file(tmp_path / "d.csv", [english], encoding=encoding)
    _run, plan = checked(path=path)
    assert [step.role for step in plan.given] == [Role.HOMEROOM]


def test_every_error_is_told_by_row_column_and_value(checked, school_class, administrator, chen):
    UserFactory(username="li1", display_name="李二")
    UserFactory(username="li2", display_name="李二")
    UserFactory(username="gone", is_active=False)
    _run, plan = checked(
        duty_row("nobody"),
        duty_row(姓名="陈二"),
        duty_row(姓名="李二"),
        duty_row("chen", 职务="家长"),
        duty_row("chen", 班级="三年级9班"),
        duty_row("chen", 班级=""),
        duty_row("chen", 职务="校长"),
        duty_row("chen", 结束日期="2027-02-01"),
        duty_row("chen", 开始日期="明天"),
        duty_row(administrator.username),
        duty_row("gone"),
        duty_row("chen", 姓名="别人"),
        duty_row(),
        duty_row("chen", 职务="年级组长", 班级="", 年级="五年级"),
    )
    assert [(row, column) for row, column, _value in errors_of(plan)] == [
        (2, "登录名"),
        (3, "姓名"),
        (4, "姓名"),
        (5, "职务"),
        (6, "班级"),
        (7, "班级"),
        (8, "班级"),
        (9, "结束日期"),
        (10, "开始日期"),
        (11, "姓名"),
        (12, "姓名"),
        (13, "登录名"),
        (14, "姓名"),
        (15, "年级"),
    ]
    said = {error.row: error.message for error in plan.errors}
    assert "陈一老师 (chen)" in said[3]
    assert "li1" in said[4]
    assert "li2" in said[4]
    assert not plan.can_be_applied


def test_nothing_is_done_while_one_cell_is_wrong(checked, administrator, school_class, chen):
    run, plan = checked(duty_row("chen"), duty_row("nobody", 班级="三年级2班"))
    with pytest.raises(runs.NotNow):
        runs.apply_import(by=administrator, run=run, seen=plan.fingerprint())
    assert not Appointment.objects.filter(user=chen).exists()


def test_whoever_is_responsible_for_a_class_of_the_file_and_not_in_it_ends_when_the_one_in_it_begins(
    checked, administrator, school_class, chen, school
):
    until_now = AppointmentFactory(role=Role.HOMEROOM, school=school, school_class=school_class)
    teacher = AppointmentFactory(role=Role.TEACHER, school=school, school_class=school_class)
    other_class = SchoolClassFactory(grade=school_class.grade, number=3)
    elsewhere = AppointmentFactory(role=Role.HOMEROOM, school=school, school_class=other_class)
    counselor = AppointmentFactory(role=Role.COUNSELOR, school=school)
    run, plan = checked(duty_row("chen"), duty_row("chen", 职务="心理教师", 班级=""))
    assert [step.appointment for step in plan.ended] == [until_now]
    runs.apply_import(by=administrator, run=run, seen=plan.fingerprint())
    until_now.refresh_from_db()
    assert until_now.ends_on == DAY(2027, 2, 28)
    for untouched in (teacher, elsewhere, counselor):
        untouched.refresh_from_db()
        assert untouched.ends_on is None
    run.refresh_from_db()
    steps.undo(by=administrator, run=run)
    until_now.refresh_from_db()
    assert until_now.ends_on is None
    assert not Appointment.objects.filter(user=chen, withdrawn_at=None).exists()


def test_a_duty_for_some_weeks_beside_a_longer_one_is_a_substitutes(checked, school, school_class, chen):
    AppointmentFactory(role=Role.HOMEROOM, school=school, school_class=school_class)
    _run, plan = checked(duty_row("chen", 结束日期="2027-03-20"))
    assert errors_of(plan) == [(2, "结束日期", "2027-03-20")]


def test_an_end_in_the_file_sets_the_last_day(checked, administrator, school, school_class, chen):
    duty = AppointmentFactory(user=chen, role=Role.HOMEROOM, school=school, school_class=school_class)
    run, plan = checked(duty_row("chen", 开始日期="", 结束日期="2027-01-29"))
    assert (len(plan.given), len(plan.ended)) == (0, 1)
    runs.apply_import(by=administrator, run=run, seen=plan.fingerprint())
    duty.refresh_from_db()
    assert duty.ends_on == DAY(2027, 1, 29)


def test_copied_rows_count_once_and_rows_that_differ_are_an_error(checked, school_class, chen):
    _run, plan = checked(duty_row("chen"), duty_row("chen"))
    assert (len(plan.given), plan.errors) == (1, [])
    _run, plan = checked(duty_row("chen"), duty_row("chen", 结束日期="2027-07-09"))
    assert [row for row, _column, _value in errors_of(plan)] == [3]


def test_the_first_day_of_a_duty_cannot_be_moved_by_a_file(checked, school, school_class, chen):
    AppointmentFactory(
        user=chen, role=Role.HOMEROOM, school=school, school_class=school_class, starts_on=DAY(2026, 9, 1)
    )
    _run, plan = checked(duty_row("chen", 开始日期="2026-08-01"))
    assert errors_of(plan) == [(2, "开始日期", "2026-08-01")]


def test_a_formula_is_refused_at_its_cell(checked, tmp_path, chen, school_class):
    import xlsxwriter

    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ["chen", "", "班主任", "三年级2班", "", "2027-03-01"])
        sheet.write_formula(1, 0, '=HYPERLINK("http://x.example","chen")', None, "chen")
    _run, plan = checked(path=path)
    assert errors_of(plan) == [(2, "登录名", "=…")]


@pytest.mark.parametrize("content", [b"PK\x03\x04nonsense", b"\0\1\2", b"a,b\n1,2\n", "姓名,职务\n".encode()])
def test_a_file_that_is_no_list_of_duties_is_refused_with_a_sentence(desk, content):
    answer = desk.post(reverse("directory:appointments_import"), {"file": SimpleUploadedFile("../x.xlsx", content)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not DutyRun.objects.exists()


def test_a_file_goes_its_way_on_the_pages(desk, tmp_path, chen, school_class):
    path = xlsx(tmp_path / "d.xlsx", [duty_row("chen")], HEADINGS)
    hand_in = reverse("directory:appointments_import")
    answer = desk.post(hand_in, {"file": SimpleUploadedFile("d.xlsx", path.read_bytes())}, follow=True)
    run = DutyRun.objects.get()
    assert "陈一老师" in answer.content.decode()
    seen = answer.context["plan"].fingerprint()
    desk.post(reverse("directory:appointments_run_confirm", args=[run.pk]), {"seen": "wrong"})
    assert not Appointment.objects.filter(user=chen).exists()
    desk.post(reverse("directory:appointments_run_confirm", args=[run.pk]), {"seen": seen})
    assert Appointment.objects.filter(user=chen).exists()
    desk.post(hand_in, {"file": SimpleUploadedFile("d.xlsx", path.read_bytes())})
    waiting = DutyRun.objects.get(state="waiting")
    assert "没有需要导入" in desk.get(reverse("directory:appointments_run", args=[waiting.pk])).content.decode()
    desk.post(reverse("directory:appointments_run_drop", args=[waiting.pk]))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.content) == ("dropped", "")


def test_what_nobody_decided_is_forgotten_after_a_day(checked, chen, school_class):
    run, _plan = checked(duty_row("chen"))
    assert runs.expire(datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)) == 0
    assert runs.expire(datetime.datetime(2026, 11, 25, 3, 0, tzinfo=datetime.UTC)) == 1
    run.refresh_from_db()
    assert (run.state, run.content) == ("dropped", "")


def test_a_colleague_sees_that_there_is_an_import_and_not_what_is_in_it(client, school, checked, chen, school_class):
    run, _plan = checked(duty_row("chen"))
    client.force_login(person_with(Role.ADMINISTRATOR, school=school))
    text = client.get(reverse("directory:appointments_run", args=[run.pk])).content.decode()
    assert "陈一" not in text
    client.post(reverse("directory:appointments_run_drop", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "waiting"


def test_the_template_and_a_terms_own_list_are_lists_themselves(
    desk, checked, tmp_path, school, school_class, chen, administrator
):
    path = tmp_path / "t.xlsx"
    path.write_bytes(desk.get(reverse("directory:appointments_template")).content)
    with pytest.raises(FileRefused), path.open("rb") as file:  # it is understood, and empty
        runs.start_import(by=administrator, school=school, upload=file)
    AppointmentFactory(user=chen, role=Role.HOMEROOM, school=school, school_class=school_class)
    AppointmentFactory(role=Role.GRADE_LEADER, school=school, grade=school_class.grade)
    ended = AppointmentFactory(role=Role.EDITOR, school=school)
    end_appointment(by=administrator, appointment=ended, on=DAY(2026, 12, 31))
    path.write_bytes(io.BytesIO(desk.get(reverse("directory:appointments_export")).content).getvalue())
    _run, plan = checked(path=path)
    assert (plan.errors, plan.steps, plan.unchanged) == ([], [], 4)
    assert AuditEntry.objects.filter(action="duties.export").exists()
