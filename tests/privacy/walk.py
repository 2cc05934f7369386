"""A day at a school whose every child-related field holds a canary: a word that nothing else can hold."""

from __future__ import annotations

import dataclasses
import io
import logging
import re
from typing import Any

import structlog
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.assessments.models import Assessment
from screening.cases.models import Case, FollowUp
from screening.referrals.models import Referral
from tests.factories import files
from tests.factories.accounts import person_with
from tests.factories.cases import SchoolWithPeople, a_guardian
from tests.factories.screening import ClassPassFactory
from xinqiao.accounts.enums import Role
from xinqiao.accounts.form_owner import FIELD, owner_token
from xinqiao.accounts.models import User
from xinqiao.files.models import SealedFile
from xinqiao.identities.keep import decide_policy
from xinqiao.records.models import ExportRun

NAME, NUMBER, GUARDIAN, PHONE = "金丝雀名", "CANARY-77130", "金丝雀亲", "13977130771"
PERSONS = [NAME, NUMBER, GUARDIAN, PHONE]
"""Who the child is and whom one may call."""

_FIELDS = (
    "note amendment interview family causes reason kept plan next_steps class_support step follow_up lower answer "
    "observed done asked evidence move emergency closing lost court paper taken"
)
STORY = {field: f"CANARY-STORY-{number:02}-{field}" for number, field in enumerate(_FIELDS.split(), 1)}
"""A sentence for each field in which somebody tells of a child."""

IDENTITY = "11010519491231002X"

CANARIES = [*PERSONS, IDENTITY, *STORY.values()]


@dataclasses.dataclass
class Seen:
    """One answer of the product, with the address that was asked for."""

    who: str
    asked: str
    response: Any

    @property
    def text(self) -> str:
        kind = self.response.headers.get("Content-Type", "")
        return self.response.content.decode() if kind.startswith(("text/", "application/json")) else ""

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?)</title>", self.text, re.DOTALL)
        return found[1] if found else ""

    @property
    def addresses(self) -> str:
        # A telephone that one may tap is for the phone alone: it is no address that anybody is asked for.
        links = re.findall(r"(?:href|action|src|hx-\w+)=\"(?!tel:)([^\"]*)\"", self.text)
        return " ".join([self.asked, self.response.get("Location", ""), *links])


class Day:
    """The people, their browsers, and everything that they were answered."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.people = SchoolWithPeople()
        self.child = self.people.child(name=NAME, number=NUMBER, pinyin="jinsiqueming", pinyin_initials="jsqm")
        self.guardian = a_guardian(self.child)
        self.guardian.name, self.guardian.phone = GUARDIAN, PHONE
        self.guardian.save()
        self.class_pass = ClassPassFactory(school_class=self.people.school_class)
        self.teacher = person_with(Role.HOMEROOM, school_class=self.people.school_class)

    def ask(self, who: User, name: str, *args: Any, data: dict | None = None, query: str = "", **headers: str) -> Seen:
        """GET, or POST where there is data, by a browser of this person's own."""
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(pk=who.pk))
        address = (name if name.startswith("/") else reverse(name, args=args)) + query
        response = client.get(address, headers=headers) if data is None else client.post(address, data, headers=headers)
        self.seen.append(Seen(str(who), address, response))
        return self.seen[-1]

    def first_pass(self) -> None:
        """The teacher marks a sign that needs help at once, writes a sentence, submits, and amends."""
        here = [self.class_pass.round_id, self.class_pass.school_class_id]
        marked = {"version": 0, "s-e5": 1, "note": STORY["note"]}
        self.ask(self.teacher, "screening:child", *here, self.child.pk, data=marked, accept="application/json")
        self.ask(self.teacher, "screening:child", *here, self.child.pk, data={**marked, "version": 7, "note": "?"})
        for name in ("screening:overview", "screening:class_form", "screening:rest", "screening:submit"):
            self.ask(self.teacher, name, *([] if name.endswith("overview") else here))
        self.ask(self.teacher, "screening:child", *here, self.child.pk)
        self.ask(self.teacher, "screening:submit", *here, data={})
        amended = {"version": 1, "s-e5": 2, "note": STORY["note"], "reason": STORY["amendment"]}
        self.ask(self.teacher, "screening:amend", *here, self.child.pk, data={**amended, "version": 9})
        self.ask(self.teacher, "screening:amend", *here, self.child.pk, data=amended)
        self.ask(self.teacher, "screening:amend", *here, self.child.pk)

    def assessment(self) -> Case:
        """The counselor finds the child by name, talks, and determines the level."""
        counselor = self.people.counselor
        found = Assessment.objects.get(student=self.child)
        self.ask(counselor, "screening:assessments")
        self.ask(counselor, "screening:assessments", data={"q": NAME})
        self.ask(counselor, "screening:assessment", found.pk)
        draft = {"version": found.version, **{name: STORY[name] for name in ("interview", "family", "causes")}}
        self.ask(counselor, "screening:assessment", found.pk, data={**draft, "act": "save", "reason": STORY["reason"]})
        self.ask(counselor, "screening:assessment", found.pk, data={**draft, "version": 9, "family": "?"})
        found.refresh_from_db()
        end = {"version": found.version, "act": "determine", "level": "high", "reason": STORY["reason"]}
        self.ask(counselor, "screening:assessment", found.pk, data={**draft, **end, "owner": counselor.pk})
        return Case.objects.get(student=self.child)

    def case(self, case: Case) -> None:
        """Notes, protocol, follow-up; a second person is asked and agrees."""
        counselor, here = self.people.counselor, case.pk
        notes = {"version": 1, **{name: STORY[name] for name in ("plan", "next_steps", "class_support")}}
        self.ask(counselor, "screening:case_notes", here, data=notes)
        self.ask(counselor, "screening:case_notes", here, data={**notes, "plan": "?"})
        now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
        self.ask(counselor, "screening:case_step", here, data={"key": "safety", "done_at": now, "note": STORY["step"]})
        due = FollowUp.objects.filter(case=case).order_by("due_on").first()
        done = {"happened_on": f"{timezone.localdate()}", "contact": "talk", "note": STORY["follow_up"]}
        self.ask(counselor, "screening:case_follow_up", here, due.pk, data=done)
        self.ask(counselor, "screening:case_level", here, data={"to_level": "priority", "reason": STORY["lower"]})
        self.ask(self.people.deputy, "screening:case", here)
        self.ask(
            self.people.deputy, "screening:case_level_answer", here, data={"agree": "no", "comment": STORY["answer"]}
        )
        self.ask(counselor, "screening:case", here)
        self.ask(counselor, "screening:case_print", here)
        self.ask(counselor, "screening:cases", data={"q": NAME})
        self.ask(counselor, "screening:cases_export")
        seal = {"purpose": "meeting", "password": "kx7m-pw3d-h9tq-2mza"}
        self.ask(counselor, "screening:cases_export", data=seal)
        self.ask(counselor, "records:export", self.child.pk)
        asked = {"edition": "whole", "purpose": "guardian", "recipient": GUARDIAN, "reason": STORY["reason"]}
        self.ask(counselor, "records:export", self.child.pk, data={**asked, "password": seal["password"]})
        self.ask(counselor, "records:export_run", ExportRun.objects.get().pk)
        self.ask(counselor, "records:index")
        for leaders_page in ("records:erase", "records:hold"):
            self.ask(self.people.principal, leaders_page, self.child.pk)
        self.ask(self.people.principal, "records:index")

    def referral(self, case: Case) -> None:
        """A letter under consent, and one more on the emergency path."""
        counselor = self.people.counselor
        letter = {"hospital": "市儿童医院", "observed": STORY["observed"]}
        letter |= {"done_so_far": STORY["done"], "asked": STORY["asked"]}
        said = {"given": "yes", "guardian": self.guardian.pk, "how": "phone", "evidence": STORY["evidence"]}
        for emergency in (False, True):
            self.ask(counselor, "screening:refer", case.pk, data={})
            here = Referral.objects.filter(case=case).latest("made_at")
            self.ask(counselor, "screening:referral", here.pk, data={**letter, "version": here.version})
            self.ask(counselor, "screening:referral", here.pk, data={**letter, "version": 9, "asked": "?"})
            if emergency:
                reason = {"emergency_reason": STORY["emergency"], "second_told": self.people.deputy.pk}
                self.ask(counselor, "screening:referral_emergency", here.pk, data={**reason, "minimum_checked": "on"})
            else:
                self.ask(counselor, "screening:referral_ask", here.pk, data={})
                self.ask(counselor, "screening:referral", here.pk)
                at = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
                self.ask(counselor, "screening:referral_consent", here.pk, data={**said, "answered_at": at})
                self.ask(counselor, "screening:referral_issue", here.pk, data={"minimum_checked": "on"})
            for name in ("referral", "letter", "letter_pdf"):
                self.ask(counselor, f"screening:{name}", here.pk)
            self.ask(counselor, "screening:letter_picture", here.pk, 1)
            moved = {"to_state": "withdrawn", "happened_on": f"{timezone.localdate()}", "note": STORY["move"]}
            self.ask(counselor, "screening:referral_move", here.pk, data=moved)
            self.ask(counselor, "screening:referral_move", here.pk, data={**moved, "to_state": "closed"})
            self.ask(counselor, "screening:referral", here.pk)

    def end(self, case: Case) -> None:
        """The level comes down with a second person, and the case is closed; a form is left behind by an ended session."""
        counselor, here = self.people.counselor, case.pk
        self.ask(counselor, "screening:case_level", here, data={"to_level": "priority", "reason": STORY["lower"]})
        self.ask(self.people.deputy, "screening:case_level_answer", here, data={"agree": "yes"})
        self.ask(counselor, "screening:case_state", here, data={"to_state": "closed", "reason": STORY["closing"]})
        left = {FIELD: owner_token(counselor), "plan": STORY["kept"]}
        client, address = Client(), reverse("screening:case_notes", args=[here])
        self.seen.append(Seen("nobody", address, client.post(address, left)))

    def directory(self) -> None:
        """The administrator finds the child, opens every page about it, and tries what is refused."""
        admin = person_with(Role.ADMINISTRATOR, school=self.people.school)
        child, school_class = self.child.pk, self.people.school_class.pk
        tie = self.child.guardianships.get().pk
        self.ask(admin, "directory:home")
        self.ask(admin, "directory:children")
        for words in (NAME, NUMBER, "jsqm"):
            self.ask(admin, "directory:children", data={"q": words})
        for name in ("child", "child_facts", "child_change", "child_leave", "child_return", "guardian_add"):
            self.ask(admin, f"directory:{name}", child)
        for name in ("guardian_change", "guardian_restriction"):
            self.ask(admin, f"directory:{name}", child, tie)
        for name in ("school_class", "class_print", "class_merge", "class_split"):
            self.ask(admin, f"directory:{name}", school_class, query="?contacts=yes")
        wrong = {"name": NAME, "number": NUMBER, "born_on": "x", "phone": PHONE, "reason": STORY["court"], "on": "x"}
        for name in ("child_facts", "child_leave", "guardian_add"):
            self.ask(admin, f"directory:{name}", child, data=wrong)
        self.ask(admin, "directory:join", data=wrong)
        day = f"{timezone.localdate()}"
        self.ask(admin, "directory:child_leave", child, data={"reason": "other", "on": day})
        self.ask(admin, "directory:moves")
        undone = self.child.moves.get().pk
        self.ask(admin, "directory:move_undo", undone, data={})
        for reason in (STORY["court"], STORY["court"]):
            self.ask(admin, "directory:guardian_restriction", child, tie, data={"reason": reason})
        self.ask(admin, "directory:child", child)
        seal = {"purpose": "work", "password": "kx7m-pw3d-h9tq-2mza"}
        self.ask(admin, "directory:children_export", data=seal)

    def papers(self, case: Case) -> None:
        """A photo is attached, looked at, downloaded, and another is taken away; the child's identity number is entered and shown."""
        counselor = self.people.counselor
        for number, name in enumerate(("paper", "taken")):
            photo = files.upload(files.photo(seed=77 + number), f"{STORY[name]}.jpg")
            self.ask(counselor, "files:add", "case-paper", case.pk, data={"paper": photo})
        kept, gone = SealedFile.objects.order_by("made_at")
        self.ask(
            counselor,
            "files:add",
            "case-paper",
            case.pk,
            data={"paper": files.upload(b"<svg>", f"{STORY['paper']}.svg")},
        )
        for name in ("paper", "download"):
            self.ask(counselor, f"files:{name}", kept.pk)
        self.ask(counselor, "files:page", kept.pk, 1)
        self.ask(counselor, "files:remove", gone.pk, data={"reason": STORY["taken"]})
        self.ask(counselor, "screening:case", case.pk)
        decide_policy(user=self.people.principal, school=self.people.school, kept=True, purpose="转介")
        admin = person_with(Role.ADMINISTRATOR, school=self.people.school)
        self.ask(admin, "identities:write", self.child.pk, data={"number": IDENTITY[:-1] + "1"})
        self.ask(admin, "identities:write", self.child.pk, data={"number": IDENTITY})
        self.ask(admin, "identities:show", self.child.pk, data={})
        self.ask(admin, "identities:find", data={"number": IDENTITY})
        self.ask(admin, "identities:child", self.child.pk)

    def go_through(self) -> Case:
        self.first_pass()
        case = self.assessment()
        self.case(case)
        self.papers(case)
        self.referral(case)
        self.end(case)
        self.directory()
        return case


def listen() -> tuple[io.StringIO, logging.Handler]:
    """Everything that the product would log from now on, in its own form."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    formatters = [each.formatter for each in logging.getLogger().handlers]
    handler.setFormatter(next(each for each in formatters if isinstance(each, structlog.stdlib.ProcessorFormatter)))
    logging.getLogger().addHandler(handler)
    return stream, handler
