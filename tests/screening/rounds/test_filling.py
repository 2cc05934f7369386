"""Filling a class: saved child by child, nothing assumed, nothing overwritten unseen."""

import pytest

from screening.assessments.models import Assessment
from screening.errors import AlreadySubmitted, Conflict, ListChanged, NotInClass, RoundNotOpen
from screening.instruments.answers import seen
from screening.levels import Suggestion
from screening.rounds.enums import Considered, RoundState
from screening.rounds.filling import children_left, confirm_rest, save_child
from screening.rounds.manage import close_round
from screening.rounds.models import Response
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.school import StudentFactory
from tests.factories.screening import RoundFactory, answers_of, pass_of_a_class
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def class_pass():
    return pass_of_a_class(3)


def save(class_pass, student, *, version=0, note=None, considered="", user=None, **signs):
    return save_child(
        user=user or class_pass.teacher,
        class_pass=class_pass,
        student=student,
        answers=answers_of(class_pass, **signs),
        note=note,
        version=version,
        considered=considered,
    )


def marked(class_pass, row):
    return seen(class_pass.round.instrument_version.parsed, Response.objects.get(pk=row.pk).unpacked)


def test_a_sign_is_kept_with_its_frequency_and_makes_the_child_a_considered_one(class_pass):
    row = save(class_pass, class_pass.kids[0], e1=2, note=" 早读时常独自坐着 ")
    assert marked(class_pass, row) == {"e1": 2}
    assert (row.considered, row.version, row.note) == (Considered.MARKED, 1, "早读时常独自坐着")
    assert row.saved_by == class_pass.teacher
    assert not row.level, "nothing is suggested before the teacher has submitted"


def test_each_save_counts_the_version_up(class_pass):
    child = class_pass.kids[0]
    save(class_pass, child, e1=1)
    assert save(class_pass, child, version=1, e1=2).version == 2
    assert Response.objects.count() == 1


def test_a_note_that_was_not_touched_stays(class_pass):
    child = class_pass.kids[0]
    save(class_pass, child, e1=1, note="一句")
    assert save(class_pass, child, version=1, e1=2).note == "一句"
    assert save(class_pass, child, version=2, e1=2, note="").note == ""


def test_all_signs_taken_back_leaves_the_child_for_the_teacher_to_consider_again(class_pass):
    child = class_pass.kids[0]
    save(class_pass, child, e1=1)
    assert save(class_pass, child, version=1).considered == ""
    assert child in children_left(class_pass)


def test_a_child_may_be_confirmed_or_said_to_have_been_absent_but_not_with_a_sign(class_pass):
    one, two, three = class_pass.kids
    assert save(class_pass, one, considered=Considered.CONFIRMED).considered == Considered.CONFIRMED
    assert save(class_pass, two, considered=Considered.ABSENT).considered == Considered.ABSENT
    assert save(class_pass, three, considered=Considered.ABSENT, s1=1).considered == Considered.MARKED
    assert children_left(class_pass) == []


def test_a_groups_confirmation_is_no_word_that_one_child_may_be_saved_with(class_pass):
    with pytest.raises(ValueError, match="considered"):
        save(class_pass, class_pass.kids[0], considered=Considered.GROUP)


def test_a_second_window_cannot_overwrite_what_it_has_not_seen(class_pass):
    child = class_pass.kids[0]
    save(class_pass, child, e1=1)
    with pytest.raises(Conflict) as conflict:
        save(class_pass, child, b1=3)
    assert marked(class_pass, conflict.value.current) == {"e1": 1}
    assert marked(class_pass, Response.objects.get()) == {"e1": 1}


def test_a_try_whose_answer_was_lost_on_the_way_is_no_conflict(class_pass):
    child = class_pass.kids[0]
    first = save(class_pass, child, e1=1, note="一句")
    again = save(class_pass, child, e1=1, note="一句")
    assert (again.pk, again.version) == (first.pk, 1)


def test_the_same_signs_with_another_note_are_a_conflict(class_pass):
    child = class_pass.kids[0]
    save(class_pass, child, e1=1, note="一句")
    with pytest.raises(Conflict):
        save(class_pass, child, e1=1, note="另一句")


def test_a_critical_sign_tells_the_counselors_at_once_and_once(class_pass):
    school = class_pass.round.school
    counselor = person_with(Role.COUNSELOR, school=school)
    person_with(Role.DEPUTY, school=school)
    child = class_pass.kids[0]
    row = save(class_pass, child, e5=1)
    assert row.told_at is not None
    save(class_pass, child, version=1, e5=2)
    mail = OutboxMessage.objects.get()
    assert mail.recipient == counselor
    assert child.name not in str(mail.payload)
    assert child.number not in str(mail.payload)
    assessment = Assessment.objects.get()
    assert (assessment.student, assessment.suggested) == (child, Suggestion.HIGH)
    assert AuditEntry.objects.filter(action="response.mark_critical", student_id=child.pk).count() == 1


def test_an_ordinary_sign_tells_nobody_before_the_class_is_submitted(class_pass):
    person_with(Role.COUNSELOR, school=class_pass.round.school)
    save(class_pass, class_pass.kids[0], e1=3, e2=3, b1=3, b2=3)
    assert not OutboxMessage.objects.exists()
    assert not Assessment.objects.exists()


def test_a_critical_sign_taken_back_stays_before_the_counselor(class_pass):
    child = class_pass.kids[0]
    save(class_pass, child, e5=1)
    save(class_pass, child, version=1)
    assert Assessment.objects.get().suggested == Suggestion.HIGH


def test_only_those_who_fill_this_class_may_save(class_pass):
    school_class = class_pass.school_class
    others = [
        person_with(Role.HOMEROOM, school_class=pass_of_a_class(0).school_class),
        person_with(Role.TEACHER, school_class=school_class),
        person_with(Role.COUNSELOR, school=school_class.grade.school),
        person_with(Role.PRINCIPAL, school=school_class.grade.school),
    ]
    for other in others:
        with pytest.raises(NotPermitted):
            save(class_pass, class_pass.kids[0], user=other, e1=1)
    assert not Response.objects.exists()


def test_a_child_of_another_class_cannot_be_saved_into_this_one(class_pass):
    with pytest.raises(NotInClass):
        save(class_pass, StudentFactory(school=class_pass.round.school), e1=1)


@pytest.mark.parametrize("state", [RoundState.DRAFT, RoundState.CLOSED])
def test_a_round_that_is_not_open_takes_nothing(state):
    class_pass = pass_of_a_class(1)
    other = pass_of_a_class(
        1, school_class=class_pass.school_class, round=RoundFactory(school=class_pass.round.school, state=state)
    )
    with pytest.raises(RoundNotOpen):
        save(other, class_pass.kids[0], user=class_pass.teacher, e1=1)


def test_after_submission_nothing_is_saved_here():
    class_pass = pass_of_a_class(1, submitted=True)
    with pytest.raises(AlreadySubmitted):
        save(class_pass, class_pass.kids[0], e1=1)


def test_the_rest_are_confirmed_by_exactly_the_names_that_the_teacher_saw(class_pass):
    one, two, three = class_pass.kids
    save(class_pass, one, e1=1)
    assert confirm_rest(user=class_pass.teacher, class_pass=class_pass, student_ids=[two.pk, three.pk]) == 2
    assert set(Response.objects.values_list("student", "considered")) == {
        (one.pk, Considered.MARKED),
        (two.pk, Considered.GROUP),
        (three.pk, Considered.GROUP),
    }
    assert AuditEntry.objects.get(action="first_pass.confirm_group").details == {"children": 2}


def test_a_list_that_changed_confirms_nobody(class_pass):
    one, two, three = class_pass.kids
    seen_names = [one.pk, two.pk, three.pk]
    save(class_pass, one, e1=1)  # marked in another window since
    with pytest.raises(ListChanged):
        confirm_rest(user=class_pass.teacher, class_pass=class_pass, student_ids=seen_names)
    assert Response.objects.filter(considered=Considered.GROUP).count() == 0


def test_a_note_written_without_a_sign_survives_the_groups_confirmation(class_pass):
    one = class_pass.kids[0]
    save(class_pass, one, note="转学生，适应得不错")
    confirm_rest(user=class_pass.teacher, class_pass=class_pass, student_ids=[kid.pk for kid in class_pass.kids])
    row = Response.objects.get(student=one)
    assert (row.note, row.considered, row.version) == ("转学生，适应得不错", Considered.GROUP, 2)


def test_a_closed_round_does_not_change_what_was_marked(class_pass):
    row = save(class_pass, class_pass.kids[0], e1=1)
    close_round(user=person_with(Role.COUNSELOR, school=class_pass.round.school), round_=class_pass.round)
    with pytest.raises(RoundNotOpen):
        save(class_pass, class_pass.kids[0], version=1)
    assert marked(class_pass, row) == {"e1": 1}
