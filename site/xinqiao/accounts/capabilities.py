"""The one table of who may do what, and how far. Everything that asks "may this person?" asks here.

Source: the product's access table (docs/access.md is made from it). A capability missing for a role is denied.
"""

from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.enums import STAFF_ROLES, Role


class Scope(Enum):
    """How far a capability reaches, given the appointment that grants it."""

    OWN = "own"  # only what the person made or is the subject of
    OWN_CHILD = "own_child"
    OWN_CLASS = "own_class"  # the appointment's class
    OWN_GRADE = "own_grade"
    SCHOOL = "school"
    DISTRICT = "district"


class Capability(models.TextChoices):
    READ_STUDENT = "school.read_student", _("See which children are there: name and class")
    READ_FACTS = "school.read_facts", _("See a child's basic facts: number, birthday, classes so far")
    READ_CONTACTS = "school.read_contacts", _("See how a child's guardians are reached")
    READ_IDENTITY = "school.read_identity", _("See a child's identity number")
    MANAGE_DIRECTORY = "school.manage_directory", _("Keep the directory: classes, moves, terms and the calendar")
    IMPORT_ROSTER = "school.import_roster", _("Import the school's roster")
    INVITE_GUARDIANS = "accounts.invite_guardians", _("Invite guardians")
    FILL_FIRST_PASS = "screening.fill_first_pass", _("Fill a class's first pass")
    READ_FIRST_PASS = "screening.read_first_pass", _("Read first-pass answers")
    READ_COMPLETION = "screening.read_completion", _("See which classes have finished")
    MANAGE_ROUNDS = "screening.manage_rounds", _("Open and close screening rounds")
    READ_LEVEL = "screening.read_level", _("See levels and timers")
    ASSESS = "screening.assess", _("Assess a child")
    DETERMINE_LEVEL = "screening.determine_level", _("Determine a level of concern")
    READ_CASE = "screening.read_case", _("See that a case exists, its state and timers")
    READ_NARRATIVE = "screening.read_narrative", _("Read a case's narrative")
    READ_HIGH_NARRATIVE = "screening.read_high_narrative", _("Read the narrative of high-risk cases")
    WRITE_CASE = "screening.write_case", _("Write in a case, and print it")
    READ_CLASS_SUPPORT = (
        "screening.read_class_support",
        _("Read what the class can do for a child, and that there is a referral"),
    )
    REFER = "screening.refer", _("Refer a child to a hospital")
    READ_REFERRAL = "screening.read_referral", _("Read referrals")
    RECORD_CONSENT = "screening.record_consent", _("Record a guardian's consent")
    READ_CONSENT = "consents.read", _("See which consents were given")
    COLLECT_CONSENT = "consents.collect", _("Ask for consents and record the answers")
    ANSWER_CONSENT = "consents.answer", _("Give, refuse and withdraw consents")
    MANAGE_PRIVACY = "privacy.manage", _("Keep the privacy notice, the impact assessment and the retention schedule")
    EXPORT_FILE = "privacy.export_file", _("Take out a child's whole file")
    ERASE_FILE = "privacy.erase_file", _("Erase a child's file")
    READ_COUNTS = "screening.read_counts", _("See counts without children")
    LEARN = "training.learn", _("Take courses")
    MANAGE_TRAINING = "training.manage", _("Manage courses")
    READ_TRAINING_COMPLETION = "training.read_completion", _("See who has completed training")
    EDIT_CONTENT = "content.edit", _("Write and publish articles")
    READ_OUTBOX = "tasks.read_outbox", _("See and retry messages and jobs")
    READ_AUDIT = "audit.read", _("Read the audit trail")
    EXPLAIN_ACCESS = "accounts.explain_access", _("Ask what a person can see, and why")
    BREAK_GLASS = "audit.break_glass", _("Open a child's story in an emergency, for one hour")
    WATCH_BREAK_GLASS = "audit.watch_break_glass", _("Be told when a story is opened in an emergency, and end it")
    ASK_ACCESS_LOG = "audit.ask_access_log", _("Ask who has seen one's child's records")
    ANSWER_ACCESS_LOG = "audit.answer_access_log", _("Answer guardians who ask who has seen the records")
    ADMINISTER = "accounts.administer", _("Manage people and settings")


C = Capability

_LEARNS = {C.LEARN: Scope.OWN}

GRANTS: dict[Role, dict[Capability, Scope]] = {
    Role.PRINCIPAL: {
        C.READ_STUDENT: Scope.SCHOOL,
        C.READ_FACTS: Scope.SCHOOL,
        C.READ_CONTACTS: Scope.SCHOOL,
        C.READ_COMPLETION: Scope.SCHOOL,
        C.READ_LEVEL: Scope.SCHOOL,
        C.READ_CASE: Scope.SCHOOL,
        C.READ_HIGH_NARRATIVE: Scope.SCHOOL,
        C.READ_COUNTS: Scope.SCHOOL,
        C.READ_TRAINING_COMPLETION: Scope.SCHOOL,
        C.READ_AUDIT: Scope.SCHOOL,
        C.READ_CONSENT: Scope.SCHOOL,
        C.MANAGE_PRIVACY: Scope.SCHOOL,
        C.ERASE_FILE: Scope.SCHOOL,
        C.EXPLAIN_ACCESS: Scope.SCHOOL,
        C.WATCH_BREAK_GLASS: Scope.SCHOOL,
        C.ANSWER_ACCESS_LOG: Scope.SCHOOL,
    },
    Role.DEPUTY: {
        C.READ_STUDENT: Scope.SCHOOL,
        C.READ_FACTS: Scope.SCHOOL,
        C.READ_CONTACTS: Scope.SCHOOL,
        C.READ_COMPLETION: Scope.SCHOOL,
        C.READ_LEVEL: Scope.SCHOOL,
        C.READ_CASE: Scope.SCHOOL,
        C.READ_HIGH_NARRATIVE: Scope.SCHOOL,
        C.READ_COUNTS: Scope.SCHOOL,
        C.READ_TRAINING_COMPLETION: Scope.SCHOOL,
        C.READ_CONSENT: Scope.SCHOOL,
        C.MANAGE_PRIVACY: Scope.SCHOOL,
        C.ERASE_FILE: Scope.SCHOOL,
    },
    Role.MORAL_EDUCATION: {
        C.READ_STUDENT: Scope.SCHOOL,
        C.READ_FACTS: Scope.SCHOOL,
        C.READ_COMPLETION: Scope.SCHOOL,
        C.READ_CASE: Scope.SCHOOL,
        C.READ_COUNTS: Scope.SCHOOL,
    },
    Role.COUNSELOR: {
        C.READ_STUDENT: Scope.SCHOOL,
        C.READ_FACTS: Scope.SCHOOL,
        C.READ_CONTACTS: Scope.SCHOOL,
        C.READ_FIRST_PASS: Scope.SCHOOL,
        C.READ_COMPLETION: Scope.SCHOOL,
        C.MANAGE_ROUNDS: Scope.SCHOOL,
        C.READ_LEVEL: Scope.SCHOOL,
        C.ASSESS: Scope.SCHOOL,
        C.DETERMINE_LEVEL: Scope.SCHOOL,
        C.READ_CASE: Scope.SCHOOL,
        C.READ_NARRATIVE: Scope.SCHOOL,
        C.WRITE_CASE: Scope.SCHOOL,
        C.READ_CLASS_SUPPORT: Scope.SCHOOL,
        C.REFER: Scope.SCHOOL,
        C.READ_REFERRAL: Scope.SCHOOL,
        C.RECORD_CONSENT: Scope.SCHOOL,
        C.READ_CONSENT: Scope.SCHOOL,
        C.COLLECT_CONSENT: Scope.SCHOOL,
        C.EXPORT_FILE: Scope.SCHOOL,
        C.READ_COUNTS: Scope.SCHOOL,
        C.WATCH_BREAK_GLASS: Scope.SCHOOL,
    },
    Role.GRADE_LEADER: {
        C.READ_STUDENT: Scope.OWN_GRADE,
        C.READ_FACTS: Scope.OWN_GRADE,
        C.READ_COMPLETION: Scope.OWN_GRADE,
        C.READ_COUNTS: Scope.OWN_GRADE,
    },
    Role.HOMEROOM: {
        C.READ_STUDENT: Scope.OWN_CLASS,
        C.READ_FACTS: Scope.OWN_CLASS,
        C.READ_CONTACTS: Scope.OWN_CLASS,
        C.INVITE_GUARDIANS: Scope.OWN_CLASS,
        C.READ_CONSENT: Scope.OWN_CLASS,
        C.COLLECT_CONSENT: Scope.OWN_CLASS,
        C.FILL_FIRST_PASS: Scope.OWN_CLASS,
        C.READ_FIRST_PASS: Scope.OWN_CLASS,
        C.READ_CLASS_SUPPORT: Scope.OWN_CLASS,
        C.READ_COMPLETION: Scope.OWN_CLASS,
    },
    Role.TEACHER: {C.READ_STUDENT: Scope.OWN_CLASS},
    Role.GUARDIAN: {
        C.READ_STUDENT: Scope.OWN_CHILD,
        C.READ_FACTS: Scope.OWN_CHILD,
        C.ANSWER_CONSENT: Scope.OWN_CHILD,
        C.ASK_ACCESS_LOG: Scope.OWN_CHILD,
    },
    Role.EDITOR: {C.EDIT_CONTENT: Scope.SCHOOL},
    Role.TRAINER: {
        C.MANAGE_TRAINING: Scope.SCHOOL,
        C.READ_TRAINING_COMPLETION: Scope.SCHOOL,
        C.EDIT_CONTENT: Scope.SCHOOL,
    },
    Role.ADMINISTRATOR: {
        C.READ_STUDENT: Scope.SCHOOL,
        C.READ_FACTS: Scope.SCHOOL,
        C.READ_CONTACTS: Scope.SCHOOL,
        C.READ_IDENTITY: Scope.SCHOOL,
        C.MANAGE_DIRECTORY: Scope.SCHOOL,
        C.IMPORT_ROSTER: Scope.SCHOOL,
        C.INVITE_GUARDIANS: Scope.SCHOOL,
        C.BREAK_GLASS: Scope.SCHOOL,
        C.ADMINISTER: Scope.SCHOOL,
        C.READ_OUTBOX: Scope.SCHOOL,
    },
    Role.DISTRICT: {C.READ_COUNTS: Scope.DISTRICT, C.READ_TRAINING_COMPLETION: Scope.DISTRICT},
}
for _role in STAFF_ROLES:
    GRANTS[_role] = {**GRANTS[_role], **_LEARNS}

OPENED_BY_BREAK_GLASS = frozenset({C.READ_CASE, C.READ_LEVEL, C.READ_NARRATIVE, C.READ_REFERRAL})
"""What a live exception lets its holder do on that one child: read. Nothing is written, printed or taken out under it."""
