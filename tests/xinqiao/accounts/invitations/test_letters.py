"""Letters: what they show and do not show, who makes them, that the old ones go, and that no code lies anywhere."""

import datetime
import io
import re

import pypdfium2
import pytest
import segno
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from tasks.models import OutboxMessage
from tasks.pdf import UnshowableCharacter
from tests.factories.accounts import person_with
from tests.factories.invitations import MOTHERS_PHONE, family, invitation_for
from tests.factories.school import SchoolClassFactory, StudentFactory
from xinqiao.accounts.access import NotPermitted
from xinqiao.accounts.enums import Role
from xinqiao.accounts.invitations import letters, mail, make
from xinqiao.accounts.invitations.codes import mark, normal_code
from xinqiao.accounts.invitations.errors import InNoClass, NobodyToInvite, NotOpen
from xinqiao.accounts.invitations.models import Invitation, InvitationState
from xinqiao.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


@pytest.fixture
def home():
    return family(name="马骉")


def print_class(home, *, everybody=False, days=30, render=None):
    school = home.school_class.grade.school
    return make.make_letters(
        by=home.homeroom,
        school_class=home.school_class,
        everybody=everybody,
        days=days,
        render=render or letters.render_letters(school, days),
    )


def plain(made):
    """Makes no PDF, and gives the codes instead."""
    return "\n".join(letter.code for letter in made).encode()


def text_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_each_child_has_a_letter_with_name_class_code_and_the_help_line(home):
    StudentFactory(school=home.child.school, current_class=home.school_class, name="王小满")
    _printing, pdf = print_class(home)
    text = text_of(pdf)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    codes = CODE.findall(text)
    assert len(codes) == 2
    assert {mark(normal_code(code)) for code in codes} == set(Invitation.objects.values_list("code_mark", flat=True))
    for word in ("马骉", "王小满", "三（2）班", "12356", "三步加入"):
        assert word in text
    until = timezone.localdate() + datetime.timedelta(days=30)
    assert f"{until.year} 年 {until.month} 月 {until.day} 日" in text


def test_a_letter_found_in_the_street_shows_neither_of_the_two_facts(home):
    _printing, pdf = print_class(home)
    text = text_of(pdf) + pdf.decode("latin1")
    born = home.child.born_on
    for secret in (
        MOTHERS_PHONE,
        home.child.number,
        f"{born:%Y-%m-%d}",
        f"{born.year} 年 {born.month} 月",
        f"{born:%Y%m%d}",
    ):
        assert secret not in text


def test_the_qr_code_says_the_sites_own_address_with_the_code(home):
    _printing, pdf = print_class(home)
    code = normal_code(CODE.search(text_of(pdf)).group())
    address = f"{settings.BASE_URL}/accounts/join/{code}/"
    assert letters.join_address(code) == address
    wanted = [list(map(bool, row)) for row in segno.make(address, error="m", micro=False).matrix]
    assert _drawn_modules(pdf, len(wanted)) == wanted


def _drawn_modules(pdf: bytes, size: int) -> list[list[bool]]:
    """The QR code as it stands on the page: nothing else of a letter is quite black."""
    page = pypdfium2.PdfDocument(pdf)[0]
    picture = page.render(scale=6).to_pil().convert("L")
    picture = picture.crop((picture.width // 2, 0, picture.width, picture.height // 2))
    black = picture.point(lambda value: 255 if value < 8 else 0)
    left, top, right, bottom = black.getbbox()
    width, height = (right - left) / size, (bottom - top) / size
    assert abs(width - height) < 0.5
    return [
        [black.getpixel((int(left + (x + 0.5) * width), int(top + (y + 0.5) * height))) > 0 for x in range(size)]
        for y in range(size)
    ]


def test_printing_again_takes_the_unused_letters_back(home):
    _first, codes = print_class(home, render=plain)
    print_class(home, render=plain)
    old = Invitation.objects.get(code_mark=mark(codes.decode()))
    assert old.state == InvitationState.REVOKED
    assert Invitation.objects.open().count() == 1
    first, second = AuditEntry.objects.filter(action="invitation.print").order_by("pk")
    assert (first.details["replaced"], second.details["replaced"]) == (0, 1)
    assert second.details["letters"] == 1


def test_a_letter_that_both_parents_have_used_stays_as_it_is(home):
    row, _code = invitation_for(home.child, home.homeroom, used=2)
    print_class(home, render=plain)
    row.refresh_from_db()
    assert row.state == InvitationState.USED


def test_when_the_pdf_fails_the_old_letters_stay_good(home):
    row, _code = invitation_for(home.child, home.homeroom)

    def fails(made):
        raise UnshowableCharacter("𪚥")

    with pytest.raises(UnshowableCharacter):
        print_class(home, render=fails)
    row.refresh_from_db()
    assert row.state == InvitationState.OPEN
    assert Invitation.objects.count() == 1


def test_only_those_of_whom_nobody_has_joined_are_invited_unless_everybody_is_meant(home):
    home.mother.user = person_with(Role.GUARDIAN, school=home.child.school)
    home.mother.save()
    with pytest.raises(NobodyToInvite):
        print_class(home, render=plain)
    print_class(home, everybody=True, render=plain)
    assert Invitation.objects.open().count() == 1


def test_a_child_with_a_court_decision_is_not_in_the_pile_but_has_a_letter_of_its_own(home):
    home.child.guardianships.filter(guardian=home.father).update(restricted=True)
    with pytest.raises(NobodyToInvite):
        print_class(home, everybody=True, render=plain)
    make.make_letter(by=home.homeroom, student=home.child, days=14, render=plain)
    assert Invitation.objects.open().count() == 1
    assert AuditEntry.objects.get(action="invitation.print").student_id == home.child.pk


def test_nobody_is_invited_for_a_child_who_has_left(home):
    principal = person_with(Role.ADMINISTRATOR, school=home.child.school)
    home.child.current_class = None
    home.child.save()
    with pytest.raises(InNoClass):
        make.make_letter(by=principal, student=home.child, days=14, render=plain)
    with pytest.raises(InNoClass):
        make.mail_invitation(by=principal, student=home.child, address="a@family.example", days=14)


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.ADMINISTRATOR, Role.HOMEROOM, Role.GRADE_LEADER, Role.TEACHER})
)
def test_other_duties_invite_nobody(home, role):
    somebody = person_with(role, school=home.child.school)
    with pytest.raises(NotPermitted):
        make.make_letter(by=somebody, student=home.child, days=14, render=plain)


def test_a_homeroom_teacher_invites_the_own_class_alone(home):
    other = SchoolClassFactory(grade=home.school_class.grade, number=9)
    stranger = person_with(Role.HOMEROOM, school_class=other)
    row, _code = invitation_for(home.child, home.homeroom)
    for act in (
        lambda: make.make_letters(by=stranger, school_class=home.school_class, everybody=True, days=14, render=plain),
        lambda: make.mail_invitation(by=stranger, student=home.child, address="a@family.example", days=14),
        lambda: make.revoke(by=stranger, invitation=row),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_letter_taken_back_cannot_be_taken_back_again(home):
    row, _code = invitation_for(home.child, home.homeroom)
    assert make.revoke(by=home.homeroom, invitation=row).state == InvitationState.REVOKED
    with pytest.raises(NotOpen):
        make.revoke(by=home.homeroom, invitation=row)


def test_no_code_lies_in_the_database_and_the_kept_letters_are_sealed(home):
    printing, pdf = print_class(home)
    letters.keep(printing, pdf, of=home.homeroom, back="/")
    code = CODE.search(text_of(pdf)).group()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM accounts_invitation t")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(string_agg(t::text, ' '), '') FROM audit_auditentry t")
        stored += cursor.fetchone()[0]
    kept = cache.get(f"invitation-letters:{printing}")
    assert code not in stored
    assert normal_code(code) not in stored
    assert b"%PDF" not in str(kept).encode()
    assert letters.kept(printing, of=home.homeroom)["pdf"] == pdf


def test_the_page_of_letters_is_for_whoever_made_them(client, home):
    client.force_login(home.homeroom)
    made = client.post(
        reverse("directory:invitations_make", args=[home.school_class.pk]), {"who": "missing", "days": "30"}
    )
    page = client.get(made["Location"])
    assert page.status_code == 200
    pdf = client.get(made["Location"] + "letters.pdf")
    assert pdf["Content-Disposition"].startswith("attachment")
    assert "no-store" in pdf["Cache-Control"]
    assert home.child.name not in pdf["Content-Disposition"]
    picture = client.get(made["Location"] + "1.png")
    assert Image.open(io.BytesIO(picture.content)).size[0] == 1240
    assert client.get(made["Location"] + "2.png").status_code == 404
    assert client.get(made["Location"] + "0.png").status_code == 404
    client.force_login(person_with(Role.ADMINISTRATOR, school=home.child.school))
    assert client.get(made["Location"]).status_code == 404
    assert client.get(made["Location"] + "letters.pdf").status_code == 404
    client.force_login(home.homeroom)
    cache.clear()
    assert "半小时" in client.get(made["Location"]).content.decode()


def test_the_host_that_a_request_names_is_not_on_the_letter(client, home, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.force_login(home.homeroom)
    made = client.post(
        reverse("directory:invitations_make_one", args=[home.child.pk]),
        {"days": "30"},
        headers={"host": "evil.example", "x-forwarded-host": "evil.example"},
    )
    pdf = client.get(made["Location"] + "letters.pdf").content
    assert "evil" not in text_of(pdf)


def test_a_mail_names_no_child_and_its_link_is_made_when_it_is_sent(home, mailoutbox):
    row = make.mail_invitation(by=home.homeroom, student=home.child, address="mother@family.example", days=14)
    message = OutboxMessage.objects.get(kind="invitation")
    assert "family.example" not in str(message.payload)
    assert row.code_mark == ""
    mail.send_invitation(message)
    row.refresh_from_db()
    (sent,) = mailoutbox
    whole = sent.subject + sent.body + str(sent.alternatives)
    assert sent.to == ["mother@family.example"]
    assert home.child.name not in whole
    assert "三（2）班" not in whole
    code = re.search(r"/accounts/join/([A-Z2-9]{12})/", sent.body).group(1)
    assert row.code_mark == mark(code)
    assert (row.address, row.places) == ("", 1)
    assert row.sent_at is not None


def test_a_mail_taken_back_before_it_was_sent_is_not_sent(home, mailoutbox):
    row = make.mail_invitation(by=home.homeroom, student=home.child, address="mother@family.example", days=14)
    make.revoke(by=home.homeroom, invitation=row)
    with pytest.raises(mail.NoLongerNeeded):
        mail.send_invitation(OutboxMessage.objects.get(kind="invitation"))
    assert not mailoutbox
    row.refresh_from_db()
    assert row.address == ""


def test_the_pages_of_inviting_cost_the_same_however_many_children(client, home, django_assert_num_queries):
    client.force_login(home.homeroom)
    page = reverse("directory:invitations_class", args=[home.school_class.pk])
    client.get(page)
    with django_assert_num_queries(CLASS_PAGE):
        client.get(page)
    for _each in range(3):
        other = StudentFactory(school=home.child.school, current_class=home.school_class)
        invitation_for(other, home.homeroom)
    with django_assert_num_queries(CLASS_PAGE):
        client.get(page)
    admin = person_with(Role.ADMINISTRATOR, school=home.child.school)
    SchoolClassFactory(grade=home.school_class.grade, number=8)
    client.force_login(admin)
    client.get(reverse("directory:invitations"))
    with django_assert_num_queries(LIST_PAGE):
        client.get(reverse("directory:invitations"))


CLASS_PAGE = 7
LIST_PAGE = 7


def test_the_class_page_says_how_far_each_child_is(client, home):
    client.force_login(home.homeroom)
    page = reverse("directory:invitations_class", args=[home.school_class.pk])
    assert "未邀请" in client.get(page).content.decode()
    row, _code = invitation_for(home.child, home.homeroom)
    assert "有效期至" in client.get(page).content.decode()
    Invitation.objects.filter(pk=row.pk).update(wrong_tries=5)
    assert "多次答错已关闭" in client.get(page).content.decode()
    home.mother.user = person_with(Role.GUARDIAN, school=home.child.school)
    home.mother.save()
    assert "母亲" in client.get(page).content.decode()


@pytest.mark.parametrize("days", ["0", "3650", "", "x", "-1"])
def test_a_letter_is_good_for_the_offered_times_only(client, home, days):
    client.force_login(home.homeroom)
    answer = client.post(reverse("directory:invitations_make_one", args=[home.child.pk]), {"days": days})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("address", ["", "nobody", "a@b\nBcc: c@d.example", "a@family.example, b@family.example"])
def test_a_mail_goes_to_one_good_address(client, home, address):
    client.force_login(home.homeroom)
    answer = client.post(
        reverse("directory:invitations_mail", args=[home.child.pk]), {"days": "30", "address": address}
    )
    assert answer.status_code == 422
    assert not OutboxMessage.objects.exists()


def test_the_class_page_shows_those_who_need_something(client, home):
    client.force_login(home.homeroom)
    page = reverse("directory:invitations_class", args=[home.school_class.pk])
    joined = StudentFactory(school=home.child.school, current_class=home.school_class, name="已加入的孩子")
    home.mother.user = person_with(Role.GUARDIAN, school=home.child.school)
    home.mother.save()
    home.mother.guardianships.update(student=joined)
    row, _code = invitation_for(home.child, home.homeroom)

    def shown(which):
        return [line.student for line in client.get(page, {"show": which}).context["shown"]]

    assert shown("missing") == [home.child]
    assert shown("attention") == []
    Invitation.objects.filter(pk=row.pk).update(wrong_tries=5)
    assert shown("attention") == [home.child]
    assert len(shown("")) == len(shown("nonsense")) == 2
