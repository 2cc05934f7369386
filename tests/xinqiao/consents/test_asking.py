"""Asking a class in one act, reminding once for each day, the slips that came back, and acting without consent in danger."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.consents import SCREENING, AskingSchool
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.audit.models import AuditEntry
from xinqiao.consents.answer import answer_own, record_answer, record_paper
from xinqiao.consents.ask import ask, move_due_day, remind, still_waiting
from xinqiao.consents.errors import InTheFuture, ListChanged, NobodyToAsk, NotAskedHere, NotThisState, ReasonMissing
from xinqiao.consents.models import Asking, Consent, ConsentText, SafetyOverride
from xinqiao.consents.safety import act_for_safety, set_required
from xinqiao.consents.standing import may_go_on, stands
from xinqiao.consents.texts import publish_text, words_for
from xinqiao.refused import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return AskingSchool()


def ask_class(place, user=None, kind=SCREENING, **kwargs):
    due = timezone.localdate() + datetime.timedelta(days=5)
    return ask(
        user=user or place.homeroom,
        school=place.school,
        school_class=place.school_class,
        kind=kind,
        due_on=due,
        **kwargs,
    )


def mails():
    return list(OutboxMessage.objects.filter(payload__template="consents/waiting").order_by("created_at"))


def test_a_class_is_asked_in_one_act_and_not_twice(place):
    children = [place.child() for _ in range(3)]
    place.said(children[0], given=False)
    asking = ask_class(place)
    assert (asking.children, Consent.objects.filter(asking=asking, state="requested").count()) == (2, 2)
    assert AuditEntry.objects.get(action="consent.ask", details__children=2).details["text"] == asking.text_version
    with pytest.raises(NobodyToAsk):
        ask_class(place)


def test_each_guardian_with_an_account_gets_one_mail_with_a_count_and_no_name(place):
    first = place.child(guardians=2, account=True)
    second = place.child()
    place.guardian(second, account=True, restricted=True)
    both = first.parents[0]
    second.guardianships.create(guardian=both, relation="mother")
    ask_class(place)
    assert sorted((mail.recipient_id, mail.payload["context"]["count"]) for mail in mails()) == sorted(
        [(first.parents[0].user_id, 2), (first.parents[1].user_id, 1)]
    )
    written = str([mail.payload for mail in mails()])
    assert first.name not in written
    assert second.number not in written


def test_a_reminder_goes_out_once_for_each_day_and_only_to_those_who_wait(place):
    child, other = place.child(account=True), place.child(account=True)
    asking = ask_class(place)
    answer_own(user=other.parents[0].user, consent=Consent.objects.get(student=other), given=True)
    assert remind(user=place.homeroom, asking=asking) == 1
    assert remind(user=place.homeroom, asking=asking) == 0
    move_due_day(user=place.homeroom, asking=asking, due_on=asking.due_on + datetime.timedelta(days=3))
    asking.refresh_from_db()
    assert remind(user=place.homeroom, asking=asking) == 1
    last = mails()[-1]
    assert last.recipient_id == child.parents[0].user_id
    assert still_waiting(**last.payload["still_true"][1])
    assert not still_waiting(**mails()[0].payload["still_true"][1])  # it named the day before
    answer_own(user=child.parents[0].user, consent=Consent.objects.get(student=child), given=False)
    assert not still_waiting(**last.payload["still_true"][1])


def test_a_homeroom_teacher_asks_for_the_class_and_not_about_counselling_or_another_class(place):
    place.child()
    other = AskingSchool(place.school)
    other.child()
    with pytest.raises(NotPermitted):
        ask_class(place, kind="counselling")
    with pytest.raises(NotPermitted):
        ask_class(other, user=place.homeroom)
    for role in (Role.PRINCIPAL, Role.DEPUTY, Role.MORAL_EDUCATION, Role.ADMINISTRATOR):
        with pytest.raises(NotPermitted):
            ask_class(place, user=person_with(role, school=place.school))
    with pytest.raises(NotAskedHere):
        ask_class(place, user=place.counselor, kind="referral")


def test_after_a_refusal_only_one_child_is_asked_again(place):
    child = place.child()
    place.said(child, given=False)
    with pytest.raises(NobodyToAsk):
        ask_class(place)
    again = place.asked(child)
    assert again.state == "requested"
    assert not may_go_on(child, SCREENING)  # the no holds while it is asked again


def test_slips_of_a_class_are_written_down_together(place):
    children = [place.child() for _ in range(3)]
    ask_class(place)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    answers = {children[0].pk: (children[0].parents[0], True), children[1].pk: (children[1].parents[0], False)}
    done = record_paper(
        user=place.homeroom,
        school_class=place.school_class,
        kind=SCREENING,
        answers=answers,
        signed_on=yesterday,
        evidence="3 号柜",
    )
    assert done == 2
    rows = Consent.objects.filter(how="paper").order_by("student")
    assert [(row.state, row.evidence, row.recorded_by) for row in rows] == [
        ("given", "3 号柜", place.homeroom),
        ("refused", "3 号柜", place.homeroom),
    ]
    assert {timezone.localdate(row.answered_at) for row in rows} == {yesterday}
    assert stands(children[0], SCREENING)


def test_slips_are_all_or_nothing_when_somebody_answered_meanwhile(place):
    children = [place.child(account=True) for _ in range(2)]
    ask_class(place)
    answers = {child.pk: (child.parents[0], True) for child in children}
    answer_own(
        user=children[1].parents[0].user, consent=Consent.objects.get(student=children[1]), given=False
    )  # fmt: skip
    with pytest.raises(ListChanged):
        record_paper(
            user=place.homeroom,
            school_class=place.school_class,
            kind=SCREENING,
            answers=answers,
            signed_on=timezone.localdate(),
            evidence="柜子",
        )
    assert not Consent.objects.filter(how="paper").exists()
    with pytest.raises(InTheFuture):
        record_paper(
            user=place.homeroom,
            school_class=place.school_class,
            kind=SCREENING,
            answers={},
            signed_on=timezone.localdate() + datetime.timedelta(days=1),
            evidence="柜子",
        )


def test_a_guardian_answers_for_their_own_child_alone(place):
    mine, foreign = place.child(account=True), place.child(account=True)
    ask_class(place)
    question = Consent.objects.get(student=foreign)
    with pytest.raises(NotPermitted):
        answer_own(user=mine.parents[0].user, consent=question, given=True)
    mine.guardianships.update(restricted=True)
    with pytest.raises(NotPermitted):
        answer_own(user=mine.parents[0].user, consent=Consent.objects.get(student=mine), given=True)


def test_staff_cannot_write_down_an_answer_as_given_online(place):
    child = place.child()
    question = place.asked(child)
    with pytest.raises(NotThisState):
        record_answer(
            user=place.homeroom,
            consent=question,
            guardian=child.parents[0],
            given=True,
            how="online",
            answered_at=timezone.now(),
            evidence="",
        )


def test_a_slip_signed_before_new_words_came_out_answers_the_old_ones(place):
    child = place.child()
    asked_at = timezone.now() - datetime.timedelta(days=4)
    first = place.asked(child, now=asked_at)
    new = [*words_for(place.school, SCREENING), {"heading": "新增", "text": "增加家访。"}]
    made = publish_text(
        user=place.principal, school=place.school, kind=SCREENING, sections=new, asks_again=True, change="增加家访"
    )
    first.refresh_from_db()
    assert first.text_version == made.version  # an open question is asked in the new words
    said = record_answer(
        user=place.homeroom,
        consent=first,
        guardian=child.parents[0],
        given=True,
        how="paper",
        answered_at=asked_at + datetime.timedelta(days=1),
        evidence="柜子",
    )
    assert said.text_version == "2026-11"
    assert not stands(child, SCREENING)


def test_acting_for_a_childs_safety_needs_a_reason_tells_the_leads_and_ends(place):
    child = place.child()
    place.said(child, given=False, kind="counselling")
    with pytest.raises(ReasonMissing):
        act_for_safety(user=place.counselor, student=child, kind="counselling", reason=" ")
    with pytest.raises(NotPermitted):
        act_for_safety(user=place.homeroom, student=child, kind="counselling", reason="危险")
    made = act_for_safety(
        user=place.counselor, student=child, kind="counselling", reason="孩子说不想活了，家长不接电话"
    )
    assert may_go_on(child, "counselling")
    assert not stands(child, "counselling")
    assert not may_go_on(child, "counselling", made.ends_at)
    told = OutboxMessage.objects.get(payload__template="consents/safety")
    assert told.recipient_id == place.principal.pk
    assert child.name not in str(told.payload)
    entry = AuditEntry.objects.get(action="consent.act_for_safety")
    assert (entry.student_id, "家长" in str(entry.details)) == (child.pk, False)


def test_only_who_keeps_privacy_says_what_is_required(place):
    with pytest.raises(NotPermitted):
        set_required(user=place.counselor, school=place.school, kinds=[SCREENING])
    assert set_required(user=place.principal, school=place.school, kinds=[SCREENING]).required == [SCREENING]


def _tables(place):
    child = place.child()
    said = place.said(child, given=True)
    text = ConsentText.objects.get(school=place.school, kind=SCREENING)
    override = act_for_safety(user=place.counselor, student=child, kind="counselling", reason="危险")
    return {"consent": said.pk, "text": text.pk, "override": override.pk, "other": place.child().pk}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE screening_referrals_consent SET state = 'refused' WHERE id = %(consent)s",
        "UPDATE screening_referrals_consent SET student_id = %(other)s WHERE id = %(consent)s",
        "UPDATE screening_referrals_consent SET kind = 'handover' WHERE id = %(consent)s",
        "UPDATE screening_referrals_consent SET text_version = '2020-01' WHERE id = %(consent)s",
        "UPDATE screening_referrals_consent SET expires_on = NULL, recorded_at = now() WHERE id = %(consent)s",
        "UPDATE screening_referrals_consent SET state = 'withdrawn' WHERE id = %(consent)s",
        "DELETE FROM screening_referrals_consent WHERE id = %(consent)s",
        "UPDATE consents_consenttext SET sections = '[]' WHERE id = %(text)s",
        "UPDATE consents_consenttext SET published_at = NULL WHERE id = %(text)s",
        "DELETE FROM consents_consenttext WHERE id = %(text)s",
        "UPDATE consents_safetyoverride SET ends_at = ends_at + interval '1 year' WHERE id = %(override)s",
        "DELETE FROM consents_safetyoverride WHERE id = %(override)s",
        "UPDATE consents_safetyoverride SET reason = '' WHERE id = %(override)s",
    ],
)
def test_the_database_refuses_it_too(place, statement):
    rows = _tables(place)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, rows)


def test_a_second_open_question_of_a_kind_is_refused_by_the_database(place):
    question = place.asked(place.child())
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.create(
            school=place.school,
            student=question.student,
            kind=SCREENING,
            text_version="2026-11",
            requested_at=timezone.now(),
            requested_by=place.counselor,
        )


def test_an_effect_that_fails_takes_the_answer_with_it(place, monkeypatch):
    from xinqiao.consents import effects

    def stop(**_: object) -> None:
        raise Refused

    monkeypatch.setitem(effects._effects, "questionnaire", [effects.Effect(run=stop)])
    child = place.child()
    with pytest.raises(Refused):
        place.said(child, given=True, kind="questionnaire")
    assert Consent.objects.get(student=child, kind="questionnaire").state == "requested"
    assert Asking.objects.count() == 1
    assert SafetyOverride.objects.count() == 0
