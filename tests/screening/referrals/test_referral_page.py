"""A referral from its first words to what came of it: pages, consent, issuing, the emergency path, the hospital's answers."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from screening.cases.follow_ups import complete_follow_up
from screening.cases.models import Case
from screening.errors import Conflict, ConsentMissing, NotThisState, ReasonMissing
from screening.referrals.enums import ReferralState
from screening.referrals.letter import LINES, NotShowable, lines_of, may_leave, too_long_by
from screening.referrals.models import Referral
from screening.referrals.refer import (
    LetterIncomplete,
    NotChecked,
    SecondPersonNotTold,
    ask_consent,
    issue_letter,
    move_referral,
    save_letter,
    start_referral,
)
from tests.factories.cases import (
    LETTER,
    STORY,
    SchoolWithPeople,
    a_case,
    a_guardian,
    a_referral,
    login,
)
from tests.factories.tasks import send_all
from xinqiao.accounts.access import NotPermitted
from xinqiao.audit.models import AuditEntry
from xinqiao.consents.answer import record_answer, request_consent
from xinqiao.consents.enums import ConsentState
from xinqiao.consents.errors import NotTheirGuardian
from xinqiao.consents.models import Consent
from xinqiao.consents.withdraw import withdraw_consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> SchoolWithPeople:
    return SchoolWithPeople()


def address(referral, name="referral") -> str:
    return reverse(f"screening:{name}", args=[referral.pk])


def post(client, referral, name="referral", **data):
    return client.post(address(referral, name), data)


def answered(referral, people, **changes):
    values = {
        "user": people.counselor,
        "consent": referral.consent,
        "guardian": referral.guardian,
        "given": True,
        "how": "phone",
        "answered_at": timezone.now(),
        "evidence": "通话时班主任在场",
    }
    return record_answer(**{**values, **changes})


# -- writing -----------------------------------------------------------------------------------------------------------


def test_it_begins_with_what_the_teacher_saw_and_nothing_of_the_story(client, people):
    case = a_case(people)
    answer = login(client, people.counselor).post(reverse("screening:refer", args=[case.pk]))
    referral = Referral.objects.get()
    assert answer["Location"] == address(referral)
    assert "最近两周，老师看到" in referral.observed
    page = client.get(address(referral)).text
    assert not any(text in page for text in STORY)
    assert "高危关注" not in page.split('class="sheet')[1].split("</section>")[0]


def test_a_second_press_finds_the_same_draft(people):
    case = a_case(people)
    first = start_referral(user=people.counselor, case=case)
    assert start_referral(user=people.second, case=case) == first


def test_reading_it_is_recorded(client, people):
    referral = a_referral(people)
    login(client, people.counselor).get(address(referral))
    entry = AuditEntry.objects.get(action="referral.read")
    assert (entry.actor, entry.target_id) == (people.counselor, str(referral.pk))


def test_a_conflict_shows_both_letters(client, people):
    referral = a_referral(people)
    save_letter(user=people.second, referral=referral, version=referral.version, **{**LETTER, "asked": "同事的请求"})
    mine = {**LETTER, "asked": "我的请求", "version": referral.version}
    page = post(login(client, people.counselor), referral, **mine)
    assert page.status_code == 409
    assert "同事的请求" in page.text
    assert "我的请求" in page.text
    assert post(client, referral, **{**mine, "version": page.context["version"]}).status_code == 302
    referral.refresh_from_db()
    assert referral.asked == "我的请求"
    with pytest.raises(Conflict):
        save_letter(user=people.counselor, referral=referral, version=1, **{**LETTER, "asked": "旧的"})


def test_what_does_not_fit_one_page_is_said_in_lines(client, people):
    referral = a_referral(people)
    page = post(login(client, people.counselor), referral, **{**LETTER, "observed": "长" * 1000, "version": 2})
    assert page.status_code == 422
    assert "请再精简" in page.text
    assert "长" * 1000 in page.text


def test_lines_count_wide_and_narrow_characters():
    assert lines_of("") == 0
    assert lines_of("字" * 40) == 1
    assert lines_of("字" * 41) == 2
    assert lines_of("a" * 60) == 1
    assert lines_of("一\n二\n三") == 3
    assert too_long_by(["字\n" * LINES]) == 0
    assert too_long_by(["字\n" * (LINES + 2)]) == 2


# -- consent -----------------------------------------------------------------------------------------------------------


def test_no_letter_without_consent(client, people):
    referral = a_referral(people, until="awaiting_consent")
    with pytest.raises(ConsentMissing):
        issue_letter(user=people.counselor, referral=referral, minimum_checked=True)
    page = post(login(client, people.counselor), referral, "referral_issue", minimum_checked="on")
    assert page.status_code == 409
    assert client.get(address(referral, "letter_pdf")).status_code == 409
    referral.refresh_from_db()
    assert referral.state == ReferralState.AWAITING_CONSENT


def test_the_guardian_reads_the_words_in_force_and_the_record_says_who_how_when(client, people):
    referral = a_referral(people)
    login(client, people.counselor)
    post(client, referral, "referral_ask")
    assert "您可以只同意其中一部分" in client.get(address(referral)).text
    said = timezone.localtime() - datetime.timedelta(hours=1)
    answer = post(
        client,
        referral,
        "referral_consent",
        guardian=referral.guardian.pk,
        how="paper",
        answered_at=said.strftime("%Y-%m-%dT%H:%M"),
        evidence="同意书在 3 号柜",
        given="yes",
    )
    assert answer.status_code == 302
    consent = Consent.objects.get()
    assert (consent.state, consent.how, consent.guardian) == (ConsentState.GIVEN, "paper", referral.guardian)
    assert (consent.text_version, consent.recorded_by) == ("2026-11", people.counselor)
    assert consent.evidence == "同意书在 3 号柜"


def test_a_guardian_whom_a_court_restricted_is_neither_offered_nor_taken(client, people):
    referral = a_referral(people, until="awaiting_consent")
    restricted = a_guardian(referral.case.student, restricted=True)
    page = login(client, people.counselor).get(address(referral))
    offered = set(page.context["consent_form"].fields["guardian"].queryset)
    assert offered == {referral.guardian}
    assert restricted.name not in page.text
    stranger = a_guardian(people.child())
    for other in (restricted, stranger):
        with pytest.raises(NotTheirGuardian):
            answered(referral, people, guardian=other)


def test_a_refusal_stops_it_and_one_may_ask_again(client, people):
    referral = a_referral(people, until="awaiting_consent")
    post(
        login(client, people.counselor),
        referral,
        "referral_consent",
        guardian=referral.guardian.pk,
        how="in_person",
        answered_at=timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        evidence="当面说的",
        given="no",
    )
    referral.refresh_from_db()
    assert referral.state == ReferralState.CONSENT_REFUSED
    with pytest.raises(ConsentMissing):
        issue_letter(user=people.counselor, referral=referral, minimum_checked=True)
    post(client, referral, "referral_ask")
    referral.refresh_from_db()
    assert referral.state == ReferralState.AWAITING_CONSENT
    assert referral.consent.state == ConsentState.REQUESTED
    assert [move.to_state for move in referral.moves.all()] == [
        ReferralState.AWAITING_CONSENT,
        ReferralState.CONSENT_REFUSED,
        ReferralState.AWAITING_CONSENT,
    ]


def test_taking_it_back_before_the_letter_stops_the_letter(client, people):
    referral = a_referral(people, until="given")
    post(login(client, people.counselor), referral, "referral_withdraw")
    with pytest.raises(ConsentMissing):
        issue_letter(user=people.counselor, referral=Referral.objects.get(pk=referral.pk), minimum_checked=True)
    post(client, referral, "referral_ask")
    referral.refresh_from_db()
    assert referral.consent.state == ConsentState.REQUESTED


@pytest.mark.parametrize("name", ["letter_pdf", "letter_picture"])
def test_taking_it_back_afterwards_stops_giving_it_out(client, people, name):
    referral = a_referral(people, until="sent")
    withdraw_consent(user=people.counselor, consent=referral.consent)
    login(client, people.counselor)
    url = reverse(f"screening:{name}", args=[referral.pk] + ([1] if name == "letter_picture" else []))
    answer = client.get(url)
    assert answer.status_code == 409
    assert referral.case.student.name not in answer.text
    assert not AuditEntry.objects.filter(action="referral.export").exists()
    page = client.get(address(referral)).text
    assert "不再给出这封转介函" in page
    assert "letter.pdf" not in page


def test_an_answer_is_given_once_and_not_in_the_future(people):
    referral = a_referral(people, until="awaiting_consent")
    with pytest.raises(NotThisState):
        answered(referral, people, answered_at=timezone.now() + datetime.timedelta(hours=1))
    answered(referral, people)
    with pytest.raises(NotThisState):
        answered(referral, people)
    with pytest.raises(NotThisState):
        ask_consent(user=people.counselor, referral=referral)


def test_only_those_with_the_duty_record_consents(people):
    referral = a_referral(people, until="awaiting_consent")
    for act in (
        lambda: answered(referral, people, user=people.principal),
        lambda: request_consent(user=people.deputy, student=referral.case.student, kind="referral"),
        lambda: withdraw_consent(user=people.moral, consent=referral.consent),
        lambda: ask_consent(user=people.principal, referral=referral),
    ):
        with pytest.raises(NotPermitted):
            act()


# -- issuing -----------------------------------------------------------------------------------------------------------


def test_the_letter_is_issued_once_read_and_then_its_words_stay(client, people):
    referral = a_referral(people, until="given")
    login(client, people.counselor)
    assert post(client, referral, "referral_issue").status_code == 409  # not ticked
    assert post(client, referral, "referral_issue", minimum_checked="on").status_code == 302
    referral.refresh_from_db()
    assert referral.state == ReferralState.SENT
    assert referral.minimum_checked_by == people.counselor
    assert referral.answer_due_on > timezone.localdate()
    with pytest.raises(NotThisState):
        save_letter(user=people.counselor, referral=referral, version=referral.version, **LETTER)
    with pytest.raises(NotThisState):
        issue_letter(user=people.counselor, referral=referral, minimum_checked=True)


def test_an_incomplete_letter_is_not_issued(people):
    referral = a_referral(people, until="given")
    save_letter(user=people.counselor, referral=referral, version=referral.version, **{**LETTER, "hospital": ""})
    with pytest.raises(LetterIncomplete):
        issue_letter(user=people.counselor, referral=referral, minimum_checked=True)
    save_letter(user=people.counselor, referral=referral, version=referral.version + 1, **LETTER)
    with pytest.raises(NotChecked):
        issue_letter(user=people.counselor, referral=referral, minimum_checked=False)


def test_a_character_that_no_font_has_is_named_before_anything_is_issued(people):
    referral = a_referral(people, until="given")
    save_letter(
        user=people.counselor, referral=referral, version=referral.version, **{**LETTER, "asked": "请看看\U0001f9ff"}
    )
    with pytest.raises(NotShowable, match="\U0001f9ff"):
        issue_letter(user=people.counselor, referral=referral, minimum_checked=True)
    referral.refresh_from_db()
    assert referral.state == ReferralState.AWAITING_CONSENT


def test_a_later_change_of_the_directory_changes_no_letter_that_has_left(people):
    referral = a_referral(people, until="sent")
    name = referral.case.student.name
    referral.case.student.name = "改了名"
    referral.case.student.save()
    assert Referral.objects.get(pk=referral.pk).frozen["name"] == name


def test_the_emergency_path_needs_a_reason_and_a_second_person(people):
    referral = a_referral(people)
    issue = {"user": people.counselor, "referral": referral, "minimum_checked": True}
    for reason, second in (
        ("", people.principal),
        ("联系不上监护人", None),
        ("联系不上监护人", people.counselor),
        ("联系不上监护人", people.moral),
    ):
        with pytest.raises(SecondPersonNotTold):
            issue_letter(**issue, emergency_reason=reason, second_told=second)


def test_in_an_emergency_the_second_person_is_told_and_the_letter_says_so(client, people):
    referral = a_referral(people, a_case(people, "high"))
    send_all()
    mail.outbox.clear()
    answer = post(
        login(client, people.counselor),
        referral,
        "referral_emergency",
        emergency_reason="孩子正处在危险中，电话打了六次没有人接",
        second_told=people.principal.pk,
        minimum_checked="on",
    )
    assert answer.status_code == 302
    send_all()
    assert [m.to for m in mail.outbox] == [[people.principal.email]]
    assert referral.case.student.name not in mail.outbox[0].body
    referral = Referral.objects.get(pk=referral.pk)
    assert referral.emergency
    assert referral.second_told == people.principal
    assert "在取得监护人同意之前出具" in referral.frozen["consent"]
    assert may_leave(referral)
    assert "电话打了六次" in login(client, people.principal).get(address(referral)).text


def test_after_an_emergency_the_page_says_whom_still_to_tell_and_ticks_no_consent(client, people):
    case = a_case(people, "high")
    guardian = a_guardian(case.student)
    guardian.phone = "10000000001"
    guardian.save()
    referral = a_referral(people, case)
    issue_letter(
        user=people.counselor,
        referral=referral,
        minimum_checked=True,
        emergency_reason="联系不上监护人",
        second_told=people.principal,
    )
    page = login(client, people.counselor).get(address(referral)).text
    assert 'href="tel:10000000001"' in page
    assert "请继续联系监护人" in page
    assert '<li class="done">监护人同意</li>' not in page
    assert '<li class="">监护人同意</li>' in page


def test_the_second_person_is_never_oneself_on_the_form(client, people):
    page = login(client, people.counselor).get(address(a_referral(people)))
    assert set(page.context["emergency_form"].fields["second_told"].queryset) == {people.principal, people.deputy}


# -- what came of it ---------------------------------------------------------------------------------------------------


def test_each_step_says_who_and_when_it_happened_and_was_written(client, people):
    referral = a_referral(people, until="sent")
    login(client, people.counselor)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    for to, note in (("accepted", ""), ("attended", ""), ("feedback_received", "建议每两周复诊"), ("closed", "有帮助")):
        answer = post(client, referral, "referral_move", to_state=to, happened_on=yesterday.isoformat(), note=note)
        assert answer.status_code == 302, to
    moves = list(referral.moves.order_by("written_at"))[2:]
    assert [move.to_state for move in moves] == ["accepted", "attended", "feedback_received", "closed"]
    assert {move.happened_on for move in moves} == {yesterday}
    assert {move.written_by for move in moves} == {people.counselor}
    assert "建议每两周复诊" in client.get(address(referral)).text
    assert AuditEntry.objects.filter(action="referral.move", target_id=str(referral.pk)).count() == 6


def test_feedback_and_ends_say_in_a_sentence_what_came_of_it(client, people):
    referral = a_referral(people, until="sent")
    with pytest.raises(ReasonMissing):
        move_referral(user=people.counselor, referral=referral, to_state="withdrawn")
    page = post(
        login(client, people.counselor),
        referral,
        "referral_move",
        to_state="withdrawn",
        happened_on=timezone.localdate().isoformat(),
        note="",
    )
    assert page.status_code == 409


def test_only_the_next_states_are_offered_and_taken(client, people):
    referral = a_referral(people, until="sent")
    page = login(client, people.counselor).get(address(referral))
    assert "closed" not in dict(page.context["move_form"].fields["to_state"].choices)
    assert post(client, referral, "referral_move", to_state="closed", happened_on="2026-11-01").status_code == 422
    with pytest.raises(NotThisState):
        move_referral(user=people.counselor, referral=referral, to_state="closed", note="结束")
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    with pytest.raises(NotThisState):
        move_referral(user=people.counselor, referral=referral, to_state="accepted", happened_on=tomorrow)
    with pytest.raises(NotPermitted):
        move_referral(user=people.principal, referral=referral, to_state="accepted")


def test_a_visit_to_the_hospital_plans_the_follow_ups_from_that_day(people):
    referral = a_referral(people, until="sent")
    case = referral.case
    for each in case.follow_ups.all():
        complete_follow_up(
            user=people.counselor, follow_up=each, happened_on=timezone.localdate(), contact="talk", note="见过"
        )
    case.refresh_from_db()
    assert case.next_follow_up_on is None
    move_referral(user=people.counselor, referral=referral, to_state="attended")
    case.refresh_from_db()
    assert case.follow_ups.filter(state="due").count() == 4
    assert case.next_follow_up_on == case.follow_ups.filter(state="due").first().due_on


def test_a_withdrawn_referral_gives_out_nothing(client, people):
    referral = a_referral(people, until="sent")
    move_referral(user=people.counselor, referral=referral, to_state="withdrawn", note="家长另有安排")
    assert login(client, people.counselor).get(address(referral, "letter_pdf")).status_code == 409


# -- who ---------------------------------------------------------------------------------------------------------------


def test_the_leads_read_the_letter_of_a_high_case_and_change_nothing(client, people):
    referral = a_referral(people, a_case(people, "high"), "sent")
    for who in (people.principal, people.deputy):
        page = login(client, who).get(address(referral))
        assert page.status_code == 200
        assert LETTER["observed"] in page.text
        assert "<textarea" not in page.text
        assert post(client, referral, **LETTER, version=1).status_code == 403


@pytest.mark.parametrize(("who", "status"), [("principal", 404), ("deputy", 404), ("moral", 403)])
def test_others_find_no_word_of_the_letter(client, people, who, status):
    referral = a_referral(people, until="sent")
    for name in ("referral", "letter", "letter_pdf"):
        answer = login(client, getattr(people, who)).get(address(referral, name))
        assert answer.status_code == status
        assert LETTER["observed"] not in answer.text
        assert referral.case.student.name not in answer.text


def test_another_school_finds_nothing(client, people):
    referral = a_referral(people, until="sent")
    assert login(client, SchoolWithPeople().counselor).get(address(referral)).status_code == 404
    assert Case.objects.count() == 1


@pytest.mark.parametrize(("until", "queries"), [("draft", 8), ("awaiting_consent", 11), ("sent", 9)])
def test_the_page_costs_a_known_number_of_queries(client, people, django_assert_num_queries, until, queries):
    referral = a_referral(people, until=until)
    login(client, people.counselor).get(address(referral))
    with django_assert_num_queries(queries):
        client.get(address(referral))
