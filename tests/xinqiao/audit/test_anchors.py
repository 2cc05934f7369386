"""What only something outside of the database can betray: a chain written anew, and an end cut off."""

import datetime
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tasks.letters import render_letter
from tasks.models import OutboxMessage
from tests.factories.accounts import person_with
from tests.factories.school import SchoolFactory
from tests.xinqiao.audit.test_chain import tamper, write
from xinqiao.accounts.enums import Role
from xinqiao.audit.anchors import anchor_day, current_head, last_day, note_head, read_anchors
from xinqiao.audit.chain import digest, seal, verify
from xinqiao.audit.jobs import anchor_trail, seal_trail
from xinqiao.audit.models import AuditEntry, AuditLink

TODAY = datetime.date(2026, 11, 25)
pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    entries = write(6)
    seal()
    return entries


def cut_off_after(position: int, *, with_entries: bool) -> None:
    gone = list(AuditLink.objects.filter(position__gt=position).values_list("entry_id", flat=True))
    tamper("DELETE FROM audit_auditlink WHERE position > %s", position)
    if with_entries:
        tamper("DELETE FROM audit_auditentry WHERE id = ANY(%s)", gone)


def write_the_chain_anew() -> None:
    """As somebody would who knows how it is made: every link after the change is made to fit."""
    head, links = b"\0" * 32, []
    for link in AuditLink.objects.select_related("entry").order_by("position"):
        head = digest(head, link.entry)
        links.append((head, link.position))
    for new, position in links:
        tamper("UPDATE audit_auditlink SET digest = %s WHERE position = %s", new, position)


def verified(capsys, *arguments: str) -> tuple[int, dict]:
    code = 0
    try:
        call_command("verify_audit", "--json", *arguments)
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(capsys.readouterr().out)


def test_a_trail_cut_off_with_its_links_holds_in_itself_and_not_against_the_anchor(entries):
    anchor_day(TODAY)
    cut_off_after(4, with_entries=True)
    assert verify().ok
    said = verify(read_anchors()).first_bad
    assert said == "the end was cut off after position 4: position 6 was noted (2026-11-25)"


def test_a_chain_written_anew_holds_in_itself_and_not_against_the_anchor(entries):
    anchor_day(TODAY)
    tamper("UPDATE audit_auditentry SET action = 'x' WHERE id = %s", entries[1].pk)
    write_the_chain_anew()
    assert verify().ok
    assert verify(read_anchors()).first_bad == "the chain up to position 6 is another than was noted (2026-11-25)"


def test_the_first_anchor_that_does_not_fit_is_named(entries):
    anchor_day(TODAY)
    write(3)
    seal()
    anchor_day(TODAY + datetime.timedelta(days=1))
    tamper("UPDATE audit_auditentry SET action = 'x' WHERE id = %s", entries[1].pk)
    write_the_chain_anew()
    assert "position 6" in verify(read_anchors()).first_bad


def test_an_end_cut_off_since_the_last_seal_is_found_on_the_same_day(entries, capsys):
    assert verified(capsys) == (0, {"entries": 6, "ok": True, "first_bad": None})
    cut_off_after(5, with_entries=True)
    code, said = verified(capsys)
    assert code == 1
    assert said["first_bad"].startswith("the end was cut off after position 5: position 6")


def test_an_end_cut_off_and_grown_again_is_found(entries, capsys):
    verified(capsys)
    cut_off_after(3, with_entries=True)
    write(5)
    code, said = verified(capsys)
    assert (code, said["first_bad"]) == (1, "the chain up to position 6 is another than was noted (the last seal)")


def test_the_seal_notes_how_far_it_went_and_never_over_what_was_cut_off(entries, caplog, anchors):
    seal_trail()
    assert not (anchors / "head.json").exists()
    write(2)
    seal_trail()
    noted = read_anchors()
    assert [anchor.position for anchor in noted] == [8]
    cut_off_after(3, with_entries=True)
    write(20)
    seal_trail()
    assert read_anchors() == noted
    assert "run verify_audit" in caplog.text


def test_a_removed_entry_is_named_though_its_link_stands(entries):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'audit_auditlink'::regclass AND contype = 'f'"
        )
        cursor.execute(f"ALTER TABLE audit_auditlink DROP CONSTRAINT {cursor.fetchone()[0]}")
    tamper("DELETE FROM audit_auditentry WHERE id = %s", entries[2].pk)
    assert verify().first_bad == f"entry {entries[2].pk} at position 3 was removed"


def test_the_anchor_of_a_mail_is_compared_too(entries, capsys):
    head = current_head("")
    mailed = f"{head.position}:{head.digest.hex()}"
    assert verified(capsys, "--anchor", mailed)[0] == 0
    code, said = verified(capsys, "--anchor", f"3:{'0' * 64}")
    assert (code, said["first_bad"]) == (1, "the chain up to position 3 is another than was noted (given by hand)")


@pytest.mark.parametrize("typed", ["", "6", "0:" + "0" * 64, "6:abc", "x:" + "0" * 64])
def test_what_is_no_anchor_is_wrong_use(entries, typed):
    with pytest.raises(CommandError, match="is no anchor") as refused:
        call_command("verify_audit", "--anchor", typed)
    assert refused.value.returncode == 2


def test_a_damaged_anchor_file_is_not_passed_over(entries, anchors, capsys):
    anchor_day(TODAY)
    (anchors / "2026-11-25.json").write_text('{"position": 6}')
    code, said = verified(capsys)
    assert code == 1
    assert "2026-11-25.json is no anchor" in said["first_bad"]


def test_the_day_is_anchored_once_and_each_principal_with_an_address_gets_one_mail(entries, anchors):
    school = SchoolFactory()
    principal = person_with(Role.PRINCIPAL, school=school)
    person_with(Role.PRINCIPAL, school=school, email="")
    person_with(Role.DEPUTY, school=school)
    first = anchor_day()
    write(3)
    seal()
    assert anchor_day() == first == last_day()
    order = OutboxMessage.objects.get()
    assert order.recipient == principal
    assert sorted(path.name for path in anchors.iterdir() if path.suffix) == [f"{timezone.localdate()}.json"]


def test_the_mail_can_be_kept_and_used_and_names_no_record(entries):
    principal = person_with(Role.PRINCIPAL, school=SchoolFactory())
    anchor = anchor_day(TODAY)
    order = OutboxMessage.objects.get().payload
    letter = render_letter(order["template"], order["context"], principal)
    assert letter.subject == "审计记录封存：2026-11-25"
    for body in (letter.text, letter.html):
        assert f"--anchor 6:{anchor.digest.hex()}" in body
        assert "case.act" not in body


def test_an_empty_trail_has_nothing_to_anchor(anchors):
    assert anchor_day(TODAY) is None
    note_head()
    assert read_anchors() == []
    assert last_day() is None


def test_the_daily_job_seals_what_the_half_minutes_window_does_not_see(entries):
    late = AuditEntry(pk=AuditEntry.objects.first().pk + 500_000, at=timezone.now(), action="case.open")
    late.save(force_insert=True)
    seal()
    early = write(1)[0]
    seal_trail()
    assert not AuditLink.objects.filter(entry=early).exists()
    anchor_trail()
    assert AuditLink.objects.filter(entry=early).exists()
    assert verify(read_anchors()).ok


def test_a_tail_that_waits_too_long_is_told(capsys):
    AuditEntry.objects.create(at=timezone.now() - datetime.timedelta(minutes=5), action="case.open")
    call_command("verify_audit")
    said = capsys.readouterr()
    assert "the oldest 5 minutes" in said.err
    assert "1 entries, the chain holds" in said.out
