"""The directory's pages: who sees what, what is found, what a form refuses, and how many queries a page takes."""

import datetime
import io

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from msoffcrypto.format.ooxml import OOXMLFile
from python_calamine import CalamineWorkbook

from tests.factories.accounts import person_with
from tests.factories.moves import BEGAN, class_of, history, moving_school
from tests.factories.school import GuardianFactory, GuardianshipFactory
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.school.children.guardians import restrict
from xinqiao.school.models import Guardian, Guardianship, Move, Restriction, Student
from xinqiao.school.moves.children import change_class, leave

pytestmark = pytest.mark.django_db
TODAY = datetime.date.today()
PHONE = "13900001111"


@pytest.fixture
def place():
    return moving_school()


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def main(response) -> str:
    return soup(response).main.get_text(" ", strip=True)


def address(name: str, *args) -> str:
    return reverse(f"directory:{name}", args=args)


def log_in(client, place, role: Role, school_class=None):
    scope = {"school_class": school_class} if role in {Role.HOMEROOM, Role.TEACHER} else {}
    scope |= {"grade": school_class.grade} if role == Role.GRADE_LEADER else {}
    user = place.admin if role == Role.ADMINISTRATOR else person_with(role, school=place.school, **scope)
    client.force_login(user)
    return user


# -- home --------------------------------------------------------------------------------------------------------------


def test_home_shows_classes_with_children_and_homeroom_teachers_and_what_is_missing(client, place):
    place.child(3, 1), place.child(3, 1), place.child(3, 2)
    teacher = place.homeroom(3, 1)
    log_in(client, place, Role.ADMINISTRATOR)
    page = client.get(address("home"))
    cards = [card.get_text(" ", strip=True) for card in soup(page).select(".class-cards a")]
    assert cards == [f"三（1）班 2 名学生 {teacher}", "三（2）班 1 名学生 没有班主任"]
    assert "还没有班主任：三（2）班" in main(page)


def test_a_teacher_sees_the_own_classes_only_and_no_act(client, place):
    child, _other = place.child(3, 1), place.child(3, 2)
    log_in(client, place, Role.TEACHER, child.current_class)
    page = client.get(address("home"))
    assert len(soup(page).select(".class-cards a")) == 1
    assert address("join") not in page.content.decode()


def test_without_a_class_the_page_says_what_to_do(client, place):
    log_in(client, place, Role.ADMINISTRATOR)
    assert "还看不到班级" in main(client.get(address("home")))


def test_a_parent_who_teaches_here_finds_no_own_child_in_the_directory(client, place):
    child, taught = place.child(3, 1), place.child(3, 2)
    teacher = person_with(Role.TEACHER, school_class=taught.current_class)
    teacher.appointments.create(role=Role.GUARDIAN, school=place.school, starts_on=BEGAN)
    GuardianshipFactory(student=child, guardian=GuardianFactory(school=place.school, user=teacher))
    client.force_login(teacher)
    assert client.get(address("child", child.pk)).status_code == 404
    assert client.get(address("child", taught.pk)).status_code == 200


# -- finding a child ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["欧阳", "ouyang", "oyxy", "S00"])
def test_a_child_is_found_by_a_post_and_stands_in_no_address(client, place, typed):
    child = place.child(3, 1, name="欧阳晓雨", number="S00777")
    log_in(client, place, Role.COUNSELOR)
    page = client.post(address("children"), {"q": typed})
    assert [link["href"] for link in soup(page).select("tbody a")] == [address("child", child.pk)]
    links = [link["href"] for link in soup(page).select("a[href]")]
    assert not any(typed in link or "q=" in link for link in links)
    assert typed not in soup(page).title.get_text()


def test_a_name_in_the_address_is_not_looked_at(client, place):
    place.child(3, 1, name="欧阳晓雨"), place.child(3, 1, name="王平")
    log_in(client, place, Role.COUNSELOR)
    assert len(soup(client.get(address("children"), {"q": "欧阳"})).select("tbody tr")) == 2


def test_a_subject_teacher_sees_names_only_and_finds_nobody_by_number(client, place):
    child = place.child(3, 1, name="欧阳晓雨", number="S00777")
    log_in(client, place, Role.TEACHER, child.current_class)
    for page in (
        client.get(address("children")),
        client.get(address("child", child.pk)),
        client.get(address("school_class", child.current_class_id)),
        client.get(address("class_print", child.current_class_id)),
    ):
        assert "欧阳晓雨" in main(page)
        assert "S00777" not in page.content.decode()
        assert "2017-10-01" not in page.content.decode()
    assert "没有找到" in main(client.post(address("children"), {"q": "S00777"}))
    assert "欧阳晓雨" in main(client.post(address("children"), {"q": "oyxy"}))


def test_the_list_is_narrowed_sorted_and_paged(client, place):
    for number in range(55):
        place.child(3, 1, number=f"A{number:03d}")
    gone, other = place.child(3, 1), place.child(4, 1)
    leave(by=place.admin, student=gone, on=TODAY, reason="moved_away")
    log_in(client, place, Role.ADMINISTRATOR)

    def rows(**query):
        return len(soup(client.get(address("children"), query)).select("tbody tr"))

    assert rows() == 50
    assert rows(page=2) == 6
    assert rows(grade=4) == 1
    assert rows(school_class=other.current_class_id, grade=4) == 1
    assert rows(state="left") == 1
    assert rows(grade="x", school_class="x", state="x", sort="x", page="x") == 50
    found = client.post(address("children"), {"q": "A0", "page": 2})
    assert len(soup(found).select("tbody tr")) == 5
    assert soup(found).select_one("form.paging input[name=q]")["value"] == "A0"


def test_the_list_leaves_sealed_and_on_the_record_and_no_cell_acts(client, place):
    place.child(3, 1, name="=cmd|calc")
    log_in(client, place, Role.ADMINISTRATOR)
    assert client.post(address("children_export"), {}).status_code == 422
    answer = client.post(address("children_export"), {"purpose": "work", "password": "four-words-of-mine"})
    file = OOXMLFile(io.BytesIO(answer.content))
    file.load_key(password="four-words-of-mine")
    file.decrypt(opened := io.BytesIO())
    opened.seek(0)
    rows = CalamineWorkbook.from_filelike(opened).get_sheet_by_index(0).to_python()
    assert rows[-1][1] == "'=cmd|calc"
    assert AuditEntry.objects.get(action="student.export_list").details["children"] == 1


# -- a child -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "facts", "contacts", "acts", "trail"),
    [
        (Role.PRINCIPAL, True, True, False, True),
        (Role.DEPUTY, True, True, False, False),
        (Role.MORAL_EDUCATION, True, False, False, False),
        (Role.COUNSELOR, True, True, False, False),
        (Role.GRADE_LEADER, True, False, False, False),
        (Role.HOMEROOM, True, True, False, False),
        (Role.TEACHER, False, False, False, False),
        (Role.ADMINISTRATOR, True, True, True, False),
    ],
)
def test_each_part_of_the_page_is_for_those_whose_duty_it_is(client, place, role, facts, contacts, acts, trail):
    child = place.child(3, 1, number="S00777")
    GuardianshipFactory(student=child, guardian=GuardianFactory(school=place.school, phone=PHONE))
    log_in(client, place, role, child.current_class)
    page = client.get(address("child", child.pk))
    text = page.content.decode()
    assert ("S00777" in text) == facts
    assert (PHONE in text) == contacts
    assert (address("child_leave", child.pk) in text) == acts
    assert (reverse("audit_child", args=[child.pk]) in text) == trail
    assert child.name not in soup(page).title.get_text()
    assert "no-store" in page["Cache-Control"]


def test_a_restricted_guardian_is_marked_and_never_a_link_to_call(client, place):
    child = place.child(3, 1)
    tie = GuardianshipFactory(student=child, guardian=GuardianFactory(school=place.school, phone=PHONE))
    restrict(by=place.admin, tie=tie, reason="(2026) 民初 1 号")
    log_in(client, place, Role.HOMEROOM, child.current_class)
    text = main(page := client.get(address("child", child.pk)))
    assert "请勿联系" in text
    assert PHONE not in page.content.decode()
    assert "民初" not in text, "the decision itself is for whoever keeps the directory"
    log_in(client, place, Role.ADMINISTRATOR)
    assert "民初" in main(client.get(address("child", child.pk)))


def test_the_history_says_where_and_until_when_and_why_it_ended(client, place):
    child = place.child(3, 1)
    change_class(by=place.admin, student=child, to=place.school_class(3, 2), on=BEGAN + datetime.timedelta(days=9))
    leave(by=place.admin, student=child, on=BEGAN + datetime.timedelta(days=19), reason="suspended")
    log_in(client, place, Role.COUNSELOR)
    items = [
        item.get_text(" ", strip=True) for item in soup(client.get(address("child", child.pk))).select(".timeline li")
    ]
    assert [item.split(" ")[0] for item in items] == ["休学", "三（2）班", "三（1）班"]
    assert "2026-09-01 – 2026-09-09" in items[2]


def test_a_child_leaves_and_comes_back_by_the_page_and_the_last_is_taken_back(client, place):
    child = place.child(3, 1)
    log_in(client, place, Role.ADMINISTRATOR)
    client.post(address("child_leave", child.pk), {"reason": "suspended", "on": TODAY.isoformat()})
    assert class_of(child) == ""
    there = place.school_class(3, 2)
    tomorrow = TODAY + datetime.timedelta(days=1)
    client.post(address("child_return", child.pk), {"to": there.pk, "on": tomorrow.isoformat()})
    page = client.get(address("child", child.pk))
    assert f"{tomorrow} 起：三（2）班" in main(page)
    client.post(soup(page).select_one("form.undo")["action"])
    assert class_of(child) == ""
    assert [move.undone_at is None for move in Move.objects.order_by("pk")] == [True, False]


def test_a_day_that_does_not_fit_is_said_beside_the_form_and_changes_nothing(client, place):
    child = place.child(3, 1)
    log_in(client, place, Role.ADMINISTRATOR)
    answer = client.post(address("child_leave", child.pk), {"reason": "other", "on": BEGAN.isoformat()})
    assert answer.status_code == 422
    assert "请选更晚的日期" in main(answer)
    assert history(child) == [("3-1", "2026-09-01", "")]


def test_a_class_of_another_school_or_a_closed_one_is_not_offered_nor_taken(client, place):
    child, foreign = place.child(3, 1), moving_school().school_class(3, 1)
    closed = place.school_class(3, 2)
    type(closed).objects.filter(pk=closed.pk).update(closed_on=TODAY)
    log_in(client, place, Role.ADMINISTRATOR)
    for wrong in (foreign, closed):
        answer = client.post(address("child_change", child.pk), {"to": wrong.pk, "on": TODAY.isoformat()})
        assert answer.status_code == 422


JOINING = {"name": "林小满", "number": "N1", "sex": "f", "born_on": "2018-03-04", "on": TODAY.isoformat()}


def test_who_joins_is_held_against_who_is_there(client, place):
    known = place.child(3, 1, name="林晓满", born_on=datetime.date(2018, 3, 4))
    given = {**JOINING, "school_class": known.current_class_id}
    log_in(client, place, Role.ADMINISTRATOR)
    answer = client.post(address("join"), given)
    assert answer.status_code == 422
    assert soup(answer).select_one(f"a[href='{address('child', known.pk)}']")
    client.post(address("join"), {**given, "looked_at": "yes"})
    assert class_of(Student.objects.get(number="N1")) == "3-1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "=1+1"),
        ("number", ""),
        ("born_on", "1890-01-01"),
        ("born_on", "2999-01-01"),
        ("name", "\ue000"),
        ("sex", "x"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client, place, field, value):
    place.child(3, 1)
    given = {**JOINING, "school_class": place.school_class(3, 1).pk, field: value}
    log_in(client, place, Role.ADMINISTRATOR)
    answer = client.post(address("join"), given)
    assert answer.status_code == 422
    assert soup(answer).select_one(f"#id_{field}_error")


def test_what_a_form_does_not_ask_for_is_not_taken(client, place):
    child = place.child(3, 1)
    log_in(client, place, Role.ADMINISTRATOR)
    page = soup(client.get(address("child_facts", child.pk)))
    given = {field["name"]: field.get("value", "") for field in page.select("main form input")}
    foreign = moving_school().school
    client.post(
        address("child_facts", child.pk),
        {**given, "sex": "m", "name": "周远", "school": foreign.pk, "current_class": "", "pinyin": "x"},
    )
    child.refresh_from_db()
    assert (child.name, child.sex, child.pinyin, child.school) == ("周远", "m", "zhouyuan", place.school)
    assert child.current_class is not None


def test_what_a_colleague_changed_meanwhile_is_shown_and_not_written_over(client, place):
    child = place.child(3, 1, name="周远", number="S1")
    log_in(client, place, Role.ADMINISTRATOR)
    page = soup(client.get(address("child_facts", child.pk)))
    given = {field["name"]: field.get("value", "") for field in page.select("main form input")} | {"sex": "f"}
    Student.objects.filter(pk=child.pk).update(name="周元")
    answer = client.post(address("child_facts", child.pk), {**given, "name": "周园"})
    assert answer.status_code == 422
    assert "周元" in main(answer)
    assert soup(answer).select_one("#id_name")["value"] == "周园"
    child.refresh_from_db()
    assert child.name == "周元"
    again = {field["name"]: field.get("value", "") for field in soup(answer).select("main form input")} | {"sex": "f"}
    assert client.post(address("child_facts", child.pk), again).status_code == 302
    child.refresh_from_db()
    assert child.name == "周园"


def test_two_who_change_different_fields_do_not_disturb_each_other_unseen(client, place):
    child = place.child(3, 1, name="周远", number="S1")
    log_in(client, place, Role.ADMINISTRATOR)
    page = soup(client.get(address("child_facts", child.pk)))
    given = {field["name"]: field.get("value", "") for field in page.select("main form input")} | {"sex": "f"}
    Student.objects.filter(pk=child.pk).update(number="S2")
    assert client.post(address("child_facts", child.pk), {**given, "name": "周园"}).status_code == 422
    child.refresh_from_db()
    assert (child.name, child.number) == ("周远", "S2")


# -- guardians ---------------------------------------------------------------------------------------------------------


def test_brothers_and_sisters_share_a_guardian_of_the_same_name_and_telephone(client, place):
    one, two = place.child(3, 1), place.child(4, 1)
    log_in(client, place, Role.ADMINISTRATOR)
    for child in (one, two):
        client.post(address("guardian_add", child.pk), {"name": "周明", "relation": "father", "phone": "139 0000 1111"})
    assert Guardian.objects.get().guardianships.count() == 2
    answer = client.post(address("guardian_add", one.pk), {"name": "周明", "relation": "father", "phone": PHONE})
    assert answer.status_code == 422


def test_a_guardian_is_corrected_for_all_children_and_a_colleagues_change_is_shown(client, place):
    child = place.child(3, 1)
    tie = GuardianshipFactory(student=child, guardian=GuardianFactory(school=place.school, name="周明", phone=PHONE))
    log_in(client, place, Role.ADMINISTRATOR)
    where = address("guardian_change", child.pk, tie.pk)
    shown = {"shown_name": "周明", "shown_phone": PHONE, "shown_relation": "mother"}
    assert client.post(where, {"name": "周敏", "phone": PHONE, "relation": "mother", **shown}).status_code == 302
    stale = client.post(where, {"name": "周铭", "phone": PHONE, "relation": "mother", **shown})
    assert stale.status_code == 422
    assert "周敏" in main(stale)
    assert Guardian.objects.get().name == "周敏"
    assert AuditEntry.objects.get(action="guardian.change").details == {"fields": ["name"]}


def test_a_restriction_needs_its_reason_is_kept_encrypted_and_ends_with_one(client, place):
    child = place.child(3, 1)
    parent = person_with(Role.GUARDIAN, school=place.school)
    tie = GuardianshipFactory(student=child, guardian=GuardianFactory(school=place.school, user=parent))
    log_in(client, place, Role.ADMINISTRATOR)
    where = address("guardian_restriction", child.pk, tie.pk)
    assert client.post(where, {"reason": "  "}).status_code == 422
    client.post(where, {"reason": "(2026) 民初 1 号"})
    assert not Student.objects.visible_to(parent).exists()
    assert client.post(address("guardian_remove", child.pk, tie.pk)).status_code == 302
    assert Guardianship.objects.filter(pk=tie.pk).exists(), "not while the restriction stands"
    client.post(where, {"reason": "已撤销"})
    assert list(Student.objects.visible_to(parent)) == [child]
    kept = Restriction.objects.get()
    assert (kept.reason, kept.lifted_because) == ("(2026) 民初 1 号", "已撤销")
    assert "民初" not in str(Restriction.objects.values_list("reason", flat=True).get())
    assert "民初" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_a_guardian_is_taken_away_and_their_record_goes_when_nobody_needs_it(client, place):
    one, two = place.child(3, 1), place.child(4, 1)
    guardian = GuardianFactory(school=place.school)
    ties = [GuardianshipFactory(student=child, guardian=guardian) for child in (one, two)]
    log_in(client, place, Role.ADMINISTRATOR)
    client.post(address("guardian_remove", one.pk, ties[0].pk))
    assert Guardian.objects.exists()
    client.post(address("guardian_remove", two.pk, ties[1].pk))
    assert not Guardian.objects.exists()


# -- classes and the roll-over -----------------------------------------------------------------------------------------


def test_a_class_is_merged_after_a_preview_and_taken_back(client, place):
    child, there = place.child(3, 1), place.child(3, 2)
    log_in(client, place, Role.ADMINISTRATOR)
    where = address("class_merge", child.current_class_id)
    given = {"into": there.current_class_id, "on": TODAY.isoformat()}
    assert "1 名学生从三（1）班到三（2）班" in main(client.post(where, given))
    assert class_of(child) == "3-1"
    client.post(where, {**given, "confirm": "yes"})
    assert class_of(child) == "3-2"
    page = soup(client.get(address("school_class", child.current_class_id)))
    client.post(page.select_one("form.undo")["action"])
    assert class_of(child) == "3-1"


def test_a_class_is_split_after_a_preview(client, place):
    children = [place.child(3, 1) for _each in range(3)]
    log_in(client, place, Role.ADMINISTRATOR)
    where = address("class_split", children[0].current_class_id)
    given = {"number": 2, "on": TODAY.isoformat(), "children": [children[0].pk]}
    assert "2 名学生留在三（1）班" in main(client.post(where, given))
    client.post(where, {**given, "confirm": "yes"})
    assert [class_of(child) for child in children] == ["3-2", "3-1", "3-1"]


def test_the_list_on_paper_has_telephones_only_when_asked_and_never_a_restricted_one(client, place):
    child = place.child(3, 1)
    GuardianshipFactory(student=child, guardian=GuardianFactory(school=place.school, phone=PHONE))
    GuardianshipFactory(
        student=child, guardian=GuardianFactory(school=place.school, phone="13900002222"), restricted=True
    )
    log_in(client, place, Role.HOMEROOM, child.current_class)
    where = address("class_print", child.current_class_id)
    assert PHONE not in client.get(where).content.decode()
    with_them = client.get(where, {"contacts": "yes"}).content.decode()
    assert PHONE in with_them
    assert "13900002222" not in with_them
    printed = AuditEntry.objects.filter(action="class.print").order_by("pk").values_list("details", flat=True)
    assert [entry["contacts"] for entry in printed] == [False, True]
    log_in(client, place, Role.GRADE_LEADER, child.current_class)
    assert PHONE not in client.get(where, {"contacts": "yes"}).content.decode()


def test_the_roll_over_is_previewed_done_once_and_taken_back(client, place):
    child, oldest = place.child(3, 1), place.child(6, 1)
    place.homeroom(3, 1)
    log_in(client, place, Role.ADMINISTRATOR)
    day = {"on": TODAY.isoformat(), "teachers": "homeroom_up"}
    preview = client.get(address("rollover"), day)
    form = {field["name"]: field["value"] for field in soup(preview).select("form[method=post] input[type=hidden]")}
    assert "四（1）班" in main(preview)
    assert client.post(address("rollover"), {**form, "going_up": "9"}).status_code == 409
    assert client.post(address("rollover"), form).status_code == 302
    assert (class_of(child), class_of(oldest)) == ("4-1", "")
    assert client.post(address("rollover"), form).status_code == 409
    page = soup(client.get(address("rollover")))
    client.post(page.select_one("form[action$='/undo/']")["action"])
    assert (class_of(child), class_of(oldest)) == ("3-1", "6-1")


# -- how much a page asks of the database ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "role", "queries"),
    [
        ("home", Role.ADMINISTRATOR, 9),
        ("home", Role.TEACHER, 5),
        ("children", Role.COUNSELOR, 6),
        ("moves", Role.ADMINISTRATOR, 5),
        ("rollover", Role.ADMINISTRATOR, 13),
        ("child", Role.ADMINISTRATOR, 11),
        ("child", Role.HOMEROOM, 7),
        ("school_class", Role.HOMEROOM, 6),
        ("class_print", Role.HOMEROOM, 8),
    ],
)
def test_a_page_takes_as_many_queries_for_one_child_as_for_thirty(
    client, place, django_assert_num_queries, name, role, queries
):
    children = [place.child(3, 1) for _each in range(2)]
    tie = GuardianshipFactory(student=children[0], guardian=GuardianFactory(school=place.school, phone=PHONE))
    restrict(by=place.admin, tie=tie, reason="x")
    change_class(by=place.admin, student=children[0], to=place.school_class(3, 2), on=TODAY)
    change_class(
        by=place.admin, student=children[0], to=place.school_class(3, 1), on=TODAY + datetime.timedelta(days=1)
    )
    log_in(client, place, role, place.school_class(3, 2))
    args = {"child": [children[0].pk], "school_class": [place.school_class(3, 2).pk]}
    args["class_print"] = args["school_class"]
    url = address(name, *args.get(name, []))
    client.get(url)
    for more in (0, 28):
        for _each in range(more):
            extra = place.child(3, 2)
            GuardianshipFactory(student=extra, guardian=GuardianFactory(school=place.school, phone=PHONE))
            change_class(by=place.admin, student=extra, to=place.school_class(3, 3), on=TODAY)
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200
