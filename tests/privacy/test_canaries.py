"""A canary in every field about a child: none may sing in a log, a mail, the outbox, a cache, an address, a title, or the dump."""

import base64
import hashlib
import logging
import pickle
import subprocess
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection

from screening.cases.models import Case, CrisisStep, FollowUp, LevelChange
from screening.referrals.models import Referral, ReferralMove
from screening.rounds.models import Response
from screening.rounds.remind import remind_open_first_pass
from screening.workspace.told import tell_of_what_is_late
from tasks.deliver import sweep
from tasks.models import OutboxMessage
from tests.databases import server_url
from tests.factories.accounts import person_with
from tests.privacy.walk import CANARIES, IDENTITY, NAME, NUMBER, PERSONS, PHONE, STORY, Day, listen
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_groups
from xinqiao.accounts.models import KeptInput
from xinqiao.audit.chain import seal
from xinqiao.audit.models import AuditEntry
from xinqiao.consents.models import Consent
from xinqiao.engines import binaries
from xinqiao.files.models import SealedFile
from xinqiao.files.reading import content_of
from xinqiao.school.models import Restriction

pytestmark = pytest.mark.usefixtures("committed_db")

_OTHERS = {
    Role.PRINCIPAL: ["/workspace/", "/cases/", "/screening/", "/audit/"],
    Role.DEPUTY: ["/workspace/", "/cases/", "/screening/"],
    Role.MORAL_EDUCATION: ["/workspace/", "/cases/", "/screening/"],
    Role.GRADE_LEADER: ["/workspace/", "/screening/", "/directory/"],
    Role.TEACHER: ["/training/", "/screening/", "/directory/"],
    Role.EDITOR: ["/admin/", "/admin/reports/site-history/"],
    Role.TRAINER: ["/admin/", "/training/completion/"],
    Role.ADMINISTRATOR: ["/admin/", "/admin/users/", "/admin/outbox/", "/admin/reports/site-history/"],
    Role.DISTRICT: ["/workspace/"],
    Role.GUARDIAN: ["/", "/parents/"],
}


@pytest.fixture
def day(settings, tmp_path) -> Iterator[Day]:
    """The whole day, its mails sent and its jobs run; `day.log` is what was logged meanwhile. Papers lie under `tmp_path`."""
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": str(tmp_path), "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    stream, handler = listen()
    root, level = logging.getLogger(), logging.getLogger().level
    root.setLevel(logging.INFO)
    try:
        day = Day()
        day.the_case = day.go_through()
        remind_open_first_pass()
        tell_of_what_is_late()
        sweep(seconds=30)
        seal()
        day.log = stream
        yield day
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def found_in(text: str, words: list[str]) -> list[str]:
    return [word for word in words if word in text]


def test_the_day_was_walked_to_its_end(day):
    """Or else the other tests would find nothing because nothing was written."""
    written = {
        "note": Response.objects.filter(state="submitted").get().note,
        "amendment": Response.objects.filter(state="submitted").get().reason,
        "step": CrisisStep.objects.get(key="safety", crisis__student=day.child, done_at__isnull=False).note,
        "follow_up": FollowUp.objects.get(state="done").note,
        "answer": LevelChange.objects.get(state="returned").answer,
        "lower": LevelChange.objects.get(state="agreed").reason,
        "evidence": Consent.objects.get(state="given").evidence,
        "emergency": Referral.objects.get(emergency=True).emergency_reason,
        "observed": Referral.objects.get(emergency=False).observed,
        "move": ReferralMove.objects.filter(to_state="closed").first().note,
        "plan": Case.objects.get().plan,
        "closing": Case.objects.get().closing,
        "interview": Case.objects.get().assessment.interview,
        "court": Restriction.objects.get().reason,
    }
    assert written == {name: STORY[name] for name in written}
    assert STORY["kept"] in KeptInput.objects.get().fields
    assert not [f"{seen.asked}: {seen.response.status_code}" for seen in day.seen if seen.response.status_code >= 500]
    # They are read where they should be.
    told = "".join(seen.text for seen in day.seen if seen.who == str(day.people.counselor))
    assert not [name for name in ("interview", "plan", "step", "move", "evidence", "lower") if STORY[name] not in told]


def test_nothing_outside_of_the_pages_holds_a_child(day):
    assert mail.outbox
    for letter in mail.outbox:
        assert not found_in(str(letter.message()) + letter.subject + letter.body, CANARIES), letter.subject
        assert not found_in(letter.alternatives[0][0], CANARIES), letter.subject
    for message in OutboxMessage.objects.all():
        assert not found_in(f"{message.key} {message.payload} {message.last_error}", CANARIES), message.key
    for entry in AuditEntry.objects.all():
        assert not found_in(f"{entry.details} {entry.target_id}", CANARIES), entry.action
    for key, value in cache._cache.items():
        assert not found_in(f"{key} {pickle.loads(value)!r}", CANARIES), key
    for session in Session.objects.all():
        assert not found_in(str(session.get_decoded()), CANARIES)
    assert not found_in(day.log.getvalue(), CANARIES)


def test_no_address_and_no_title_says_who_it_is_about(day):
    for seen in day.seen:
        assert not found_in(seen.addresses, CANARIES), seen.asked
        assert not found_in(seen.title, CANARIES), seen.asked
        assert not found_in(seen.response.get("Content-Disposition", ""), CANARIES), seen.asked


def test_nothing_keeps_a_page_about_a_child(day):
    about = [seen for seen in day.seen if found_in(seen.text, CANARIES)]
    assert len(about) > 20
    for seen in about:
        assert "no-store" in seen.response["Cache-Control"], seen.asked
        assert "private" in seen.response["Cache-Control"], seen.asked


def test_others_lists_and_places_tell_no_story(day):
    ensure_groups()
    for role, places in _OTHERS.items():
        scope = {"school": day.people.school}
        if role == Role.GRADE_LEADER:
            scope["grade"] = day.people.school_class.grade
        if role == Role.TEACHER:
            scope = {"school_class": day.people.school_class}
        person = person_with(role, **scope)
        sync_groups(person)
        for place in [*places, f"/cases/{day.the_case.pk}/", f"/cases/{day.the_case.pk}/print/"]:
            seen = day.ask(person, place)
            assert seen.response.status_code < 500, (role, place)
            assert not found_in(seen.text, [*STORY.values(), PHONE]), (role, place)
            if role not in {Role.PRINCIPAL, Role.DEPUTY, Role.MORAL_EDUCATION} or place in {"/workspace/", "/audit/"}:
                assert not found_in(seen.text, PERSONS), (role, place)


def test_a_failing_page_tells_nothing_in_its_answer_or_the_log(day):
    """A story that was tampered with cannot be opened; the page fails while it holds what was typed."""
    case = day.the_case
    with connection.cursor() as cursor:
        cursor.execute("UPDATE screening_cases_case SET plan = %s WHERE id = %s", ["x1.nokey.AAAA", case.pk])
    typed = {"version": 99, "plan": STORY["lost"], "next_steps": NAME, "class_support": NUMBER}
    day.log.truncate(0)
    seen = day.ask(day.people.counselor, "screening:case_notes", case.pk, data=typed, query="?who=" + "CANARY-QUERY")
    assert seen.response.status_code == 500
    assert not found_in(seen.text, CANARIES)
    log = day.log.getvalue()
    assert "SealBroken" in log
    assert not found_in(log, [*CANARIES, "CANARY-QUERY"])


def spellings(word: str) -> Iterator[bytes]:
    """A word as it might lie somewhere without being readable at first sight."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        raw = word.encode(encoding)
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for shift in range(3):  # where it begins in the stream decides how base64 writes it; the edges depend on others
            yield base64.b64encode(b"\0" * shift + raw)[4:-4]
    yield word.encode("unicode_escape")
    yield quote(word).encode()
    yield word[::-1].encode()


def lies_in(content: bytes, words: list[str]) -> list[str]:
    return [word for word in words if any(each in content for each in spellings(word) if len(each) >= 8)]


def test_a_thief_of_the_database_and_the_files_reads_no_story_number_or_paper(day, committed_db, tmp_path):
    dump = subprocess.run(
        [str(binaries.postgres_program("pg_dump")), "--dbname", server_url(committed_db)],
        capture_output=True,
        check=True,
    ).stdout
    assert lies_in(dump, [NUMBER]) == [NUMBER]  # the directory is plain: who is at the school
    assert not lies_in(dump, [*STORY.values(), PHONE, IDENTITY])
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    papers = list(SealedFile.objects.with_content())
    assert len(papers) == 2
    contents = [content_of(paper) for paper in papers]
    for path in stored:
        sealed = path.read_bytes()
        assert not lies_in(sealed, CANARIES), path
        for content in contents:
            assert content[:16] not in sealed
            assert content[len(content) // 2 :][:16] not in sealed
    for content in contents:
        piece = content[len(content) // 2 :][:24]
        assert piece not in dump
        assert piece.hex().encode() not in dump
        assert base64.b64encode(piece)[4:-4] not in dump
        assert hashlib.sha256(content).hexdigest().encode() not in dump


def test_the_search_of_a_thief_would_find_what_lies_there():
    """Or else the test above would find nothing because it looks for nothing."""
    for hidden in (
        base64.b64encode(b"xx" + PHONE.encode() + b"yyy"),
        PHONE.encode("utf-16-le"),
        b"\\x" + b"12".hex().encode() + PHONE.encode().hex().encode(),
        base64.b64encode(b"{" + IDENTITY.encode() + b"}"),
    ):
        assert lies_in(b"before" + hidden + b"after", [PHONE, IDENTITY])
