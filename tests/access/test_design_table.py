"""The access table of the design, cell by cell: what each sentence of it means in capabilities, and on pages.

TABLE is the table as the design writes it. CELLS says what each cell means. A change of the capability table, of the
design, or of what stands on a page fails here first.
"""

import pytest
from bs4 import BeautifulSoup

from screening.rounds.enums import RoundState
from screening.rounds.models import Round
from tests.access.world import World, build_world
from tests.factories.cases import STORY, SchoolWithPeople, a_case, a_referral, login
from tests.factories.screening import ClassPassFactory, ResponseFactory
from xinqiao.accounts.capabilities import GRANTS, Scope
from xinqiao.accounts.capabilities import Capability as C
from xinqiao.accounts.enums import Role

FACTS, FIRST_PASS, CONCERN, LEVEL, STORIES, REFERRAL, TRAINING, CONTENT = (
    "child's basic facts",
    "first-pass answers",
    "concern",
    "level, timers",
    "assessment and case narrative",
    "referral",
    "training record",
    "content",
)

TABLE = """
| | child's basic facts | first-pass answers | concern | level, timers | assessment and case narrative | referral | training record | content |
|---|---|---|---|---|---|---|---|---|
| homeroom | own class | own class | own class | own class | what they wrote themselves, and the class-support part | that there is one | own | read |
| subject teacher | taught classes: name | no | those written | no | no | no | own | read |
| grade leader | own grade | completion only | counts | counts | no | no | own | read |
| counselor | school | school | school | school | school | school | own | suggest |
| moral education | school | completion only | list | list, no names below priority | no | list | own | read |
| deputy, principal | school | completion only | list | list | high cases only | high cases | all: completion | read |
| guardian | own child | own answers | own request | as the school tells them | no | own child: consent and letter | no | read, follow |
| training manager, editor | no | no | no | no | no | no | all / no | write |
| administrator | directory | no | no | no | no, but break-glass | no | no | configure |
| district officer | no | counts, suppressed | counts, suppressed | counts, suppressed | no | counts | counts | read |
"""

COLUMNS: dict[str, set[C]] = {
    FACTS: {C.READ_STUDENT, C.READ_FACTS, C.READ_CONTACTS, C.READ_IDENTITY, C.MANAGE_DIRECTORY, C.IMPORT_ROSTER},
    FIRST_PASS: {C.FILL_FIRST_PASS, C.READ_FIRST_PASS, C.READ_COMPLETION, C.MANAGE_ROUNDS},
    # A concern of its own kind is not built yet: what is reported is the first pass. Counts are one capability.
    CONCERN: {C.READ_COUNTS},
    LEVEL: {C.READ_LEVEL, C.READ_CASE},
    STORIES: {
        C.READ_NARRATIVE,
        C.READ_HIGH_NARRATIVE,
        C.WRITE_CASE,
        C.ASSESS,
        C.DETERMINE_LEVEL,
        C.READ_CLASS_SUPPORT,
        C.BREAK_GLASS,
    },
    REFERRAL: {C.REFER, C.READ_REFERRAL, C.RECORD_CONSENT, C.ANSWER_CONSENT},
    TRAINING: {C.LEARN, C.READ_TRAINING_COMPLETION, C.MANAGE_TRAINING},
    CONTENT: {C.EDIT_CONTENT, C.ADMINISTER},
}
"""Which capabilities a column of the table is about."""

BESIDE = {
    C.INVITE_GUARDIANS,
    C.READ_CONSENT,
    C.COLLECT_CONSENT,
    C.MANAGE_PRIVACY,
    C.EXPORT_FILE,
    C.ERASE_FILE,
    C.READ_OUTBOX,
    C.READ_AUDIT,
    C.EXPLAIN_ACCESS,
    C.WATCH_BREAK_GLASS,
    C.ASK_ACCESS_LOG,
    C.ANSWER_ACCESS_LOG,
}
"""What the table does not speak of: invitations, consents, privacy, the trail. docs/access.md has them."""

ROLES: dict[str, tuple[Role, ...]] = {
    "homeroom": (Role.HOMEROOM,),
    "subject teacher": (Role.TEACHER,),
    "grade leader": (Role.GRADE_LEADER,),
    "counselor": (Role.COUNSELOR,),
    "moral education": (Role.MORAL_EDUCATION,),
    "deputy, principal": (Role.DEPUTY, Role.PRINCIPAL),
    "guardian": (Role.GUARDIAN,),
    "training manager, editor": (Role.TRAINER, Role.EDITOR),
    "administrator": (Role.ADMINISTRATOR,),
    "district officer": (Role.DISTRICT,),
}


def all_of(*capabilities: C, scope: Scope) -> dict[C, Scope]:
    return dict.fromkeys(capabilities, scope)


S, G, K, D = Scope.SCHOOL, Scope.OWN_GRADE, Scope.OWN_CLASS, Scope.DISTRICT
NO: dict[C, Scope] = {}
LEARNS = all_of(C.LEARN, scope=Scope.OWN)

CELLS: dict[tuple[str, str], dict[C, Scope] | dict[Role, dict[C, Scope]]] = {
    ("homeroom", FACTS): all_of(C.READ_STUDENT, C.READ_FACTS, C.READ_CONTACTS, scope=K),
    ("homeroom", FIRST_PASS): all_of(C.FILL_FIRST_PASS, C.READ_FIRST_PASS, C.READ_COMPLETION, scope=K),
    ("homeroom", CONCERN): NO,  # what they report is their own first pass
    # Stricter than the cell, by section 4: no level stands beside a name on a class page. Their timer is the due day.
    ("homeroom", LEVEL): NO,
    ("homeroom", STORIES): all_of(C.READ_CLASS_SUPPORT, scope=K),  # what they wrote: the sentence, by its writer
    ("homeroom", REFERRAL): NO,  # that there is one comes with the class-support part
    ("homeroom", TRAINING): LEARNS,
    ("homeroom", CONTENT): NO,
    ("subject teacher", FACTS): all_of(C.READ_STUDENT, scope=K),  # the name and the class, nothing more
    ("subject teacher", FIRST_PASS): NO,
    ("subject teacher", CONCERN): NO,
    ("subject teacher", LEVEL): NO,
    ("subject teacher", STORIES): NO,
    ("subject teacher", REFERRAL): NO,
    ("subject teacher", TRAINING): LEARNS,
    ("subject teacher", CONTENT): NO,
    ("grade leader", FACTS): all_of(C.READ_STUDENT, C.READ_FACTS, scope=G),
    ("grade leader", FIRST_PASS): all_of(C.READ_COMPLETION, scope=G),
    ("grade leader", CONCERN): all_of(C.READ_COUNTS, scope=G),
    ("grade leader", LEVEL): NO,  # as counts only: the same capability as for concerns
    ("grade leader", STORIES): NO,
    ("grade leader", REFERRAL): NO,
    ("grade leader", TRAINING): LEARNS,
    ("grade leader", CONTENT): NO,
    ("counselor", FACTS): all_of(C.READ_STUDENT, C.READ_FACTS, C.READ_CONTACTS, scope=S),
    ("counselor", FIRST_PASS): all_of(C.READ_FIRST_PASS, C.READ_COMPLETION, C.MANAGE_ROUNDS, scope=S),
    ("counselor", CONCERN): all_of(C.READ_COUNTS, scope=S),
    ("counselor", LEVEL): all_of(C.READ_LEVEL, C.READ_CASE, scope=S),
    ("counselor", STORIES): all_of(
        C.READ_NARRATIVE, C.WRITE_CASE, C.ASSESS, C.DETERMINE_LEVEL, C.READ_CLASS_SUPPORT, scope=S
    ),
    ("counselor", REFERRAL): all_of(C.REFER, C.READ_REFERRAL, C.RECORD_CONSENT, scope=S),
    ("counselor", TRAINING): LEARNS,
    ("counselor", CONTENT): NO,  # a suggestion is a conversation with the editor
    ("moral education", FACTS): all_of(C.READ_STUDENT, C.READ_FACTS, scope=S),
    ("moral education", FIRST_PASS): all_of(C.READ_COMPLETION, scope=S),
    ("moral education", CONCERN): all_of(C.READ_COUNTS, scope=S),
    ("moral education", LEVEL): all_of(C.READ_CASE, scope=S),  # the list; no level, and no name below priority
    ("moral education", STORIES): NO,
    ("moral education", REFERRAL): NO,  # the list of cases says that there is one and its state, never its letter
    ("moral education", TRAINING): LEARNS,
    ("moral education", CONTENT): NO,
    ("deputy, principal", FACTS): all_of(C.READ_STUDENT, C.READ_FACTS, C.READ_CONTACTS, scope=S),
    ("deputy, principal", FIRST_PASS): all_of(C.READ_COMPLETION, scope=S),
    ("deputy, principal", CONCERN): all_of(C.READ_COUNTS, scope=S),
    ("deputy, principal", LEVEL): all_of(C.READ_LEVEL, C.READ_CASE, scope=S),
    ("deputy, principal", STORIES): all_of(C.READ_HIGH_NARRATIVE, scope=S),
    ("deputy, principal", REFERRAL): NO,  # letters of high cases come with their narrative
    ("deputy, principal", TRAINING): {**LEARNS, **all_of(C.READ_TRAINING_COMPLETION, scope=S)},
    ("deputy, principal", CONTENT): NO,
    ("guardian", FACTS): all_of(C.READ_STUDENT, C.READ_FACTS, scope=Scope.OWN_CHILD),
    ("guardian", FIRST_PASS): NO,  # the teacher's answers are not theirs; their own questionnaires come later
    ("guardian", CONCERN): NO,
    ("guardian", LEVEL): NO,
    ("guardian", STORIES): NO,
    ("guardian", REFERRAL): all_of(C.ANSWER_CONSENT, scope=Scope.OWN_CHILD),
    ("guardian", TRAINING): NO,
    ("guardian", CONTENT): NO,
    ("training manager, editor", FACTS): NO,
    ("training manager, editor", FIRST_PASS): NO,
    ("training manager, editor", CONCERN): NO,
    ("training manager, editor", LEVEL): NO,
    ("training manager, editor", STORIES): NO,
    ("training manager, editor", REFERRAL): NO,
    ("training manager, editor", TRAINING): {
        Role.TRAINER: {**LEARNS, **all_of(C.READ_TRAINING_COMPLETION, C.MANAGE_TRAINING, scope=S)},
        Role.EDITOR: LEARNS,
    },
    ("training manager, editor", CONTENT): all_of(C.EDIT_CONTENT, scope=S),
    ("administrator", FACTS): all_of(
        C.READ_STUDENT,
        C.READ_FACTS,
        C.READ_CONTACTS,
        C.READ_IDENTITY,
        C.MANAGE_DIRECTORY,
        C.IMPORT_ROSTER,
        scope=S,
    ),
    ("administrator", FIRST_PASS): NO,
    ("administrator", CONCERN): NO,
    ("administrator", LEVEL): NO,
    ("administrator", STORIES): all_of(C.BREAK_GLASS, scope=S),
    ("administrator", REFERRAL): NO,
    ("administrator", TRAINING): LEARNS,  # works at the school, and so takes its training: their own
    ("administrator", CONTENT): all_of(C.ADMINISTER, scope=S),
    ("district officer", FACTS): NO,
    ("district officer", FIRST_PASS): NO,  # suppressed counts: the capability of the next column
    ("district officer", CONCERN): all_of(C.READ_COUNTS, scope=D),
    ("district officer", LEVEL): NO,
    ("district officer", STORIES): NO,
    ("district officer", REFERRAL): NO,
    ("district officer", TRAINING): all_of(C.READ_TRAINING_COMPLETION, scope=D),
    ("district officer", CONTENT): NO,
}


def cells_of_the_table() -> dict[tuple[str, str], str]:
    head, _rule, *rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in TABLE.strip().splitlines()
    ]
    return {(row[0], column): cell for row in rows for column, cell in zip(head[1:], row[1:], strict=True)}


def test_every_cell_of_the_design_has_a_meaning_here():
    assert set(cells_of_the_table()) == set(CELLS)
    assert {column for _row, column in CELLS} == set(COLUMNS)
    assert sorted(role for roles in ROLES.values() for role in roles) == sorted(Role)


def test_every_capability_belongs_to_a_column_or_is_named_as_beside_the_table():
    of_columns = [capability for capabilities in COLUMNS.values() for capability in capabilities]
    assert len(of_columns) == len(set(of_columns))
    assert set(of_columns) | BESIDE == set(C)
    assert not set(of_columns) & BESIDE


@pytest.mark.parametrize(("row", "column"), CELLS, ids=lambda value: value)
def test_the_table_in_code_grants_what_the_cell_means_and_nothing_else(row, column):
    for role in ROLES[row]:
        meaning = CELLS[row, column]
        expected = meaning.get(role, meaning)
        granted = {c: scope for c, scope in GRANTS[role].items() if c in COLUMNS[column]}
        assert granted == expected, f"{role}, {column}: {cells_of_the_table()[row, column]!r}"


# -- what the sentences mean on pages ----------------------------------------------------------------------------------

LEVEL_WORDS = ("高危关注", "重点关注", "一般关注")


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.fixture
def people(world) -> SchoolWithPeople:
    return SchoolWithPeople(world.school)


def text_of(client, user, url) -> str:
    response = login(client, user).get(url)
    assert response.status_code == 200, url
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ")


def test_moral_education_names_nobody_below_priority_and_no_level(client, world, people):
    general = a_case(people, "general", world.student)
    high = a_case(people, "high", world.other_student)
    moral = world.people[Role.MORAL_EDUCATION]
    listed = text_of(client, moral, "/cases/")
    assert general.number in listed
    assert world.student.name not in listed
    assert world.other_student.name in listed
    assert world.student.name not in text_of(client, moral, f"/cases/{general.pk}/")
    page = text_of(client, moral, f"/cases/{high.pk}/")
    assert not any(level in page for level in LEVEL_WORDS)
    # The list says once that names are shown from priority upwards; no line of it says a level.
    rows = BeautifulSoup(login(client, moral).get("/cases/").content, "html.parser").select(".case-table tbody tr")
    assert rows
    assert not any(level in row.get_text() for row in rows for level in LEVEL_WORDS)
    assert not any(sentence in page for sentence in STORY)


def test_moral_education_sees_protocols_by_the_case_and_not_by_the_child(client, world, people):
    """Whether a protocol runs is their business as members of the crisis group; beside a name it would be a level."""
    case = a_case(people, "high", world.student)
    day = text_of(client, world.people[Role.MORAL_EDUCATION], "/workspace/")
    assert case.number in day
    assert world.student.name not in day


def test_leaders_read_the_story_of_a_high_case_and_of_no_other(client, world, people):
    priority, high = a_case(people, "priority", world.student), a_case(people, "high", world.other_student)
    for role in (Role.DEPUTY, Role.PRINCIPAL):
        assert not any(sentence in text_of(client, world.people[role], f"/cases/{priority.pk}/") for sentence in STORY)
        assert all(sentence in text_of(client, world.people[role], f"/cases/{high.pk}/") for sentence in STORY)


def test_leaders_read_the_letter_of_a_high_case_and_of_no_other(client, world, people):
    low = a_referral(people, a_case(people, "priority", world.student), "sent")
    high = a_referral(people, a_case(people, "high", world.other_student), "sent")
    login(client, world.people[Role.PRINCIPAL])
    assert client.get(f"/referrals/{low.pk}/").status_code == 404
    assert client.get(f"/referrals/{high.pk}/").status_code == 200


def test_no_level_stands_on_a_class_page(client, world, people):
    done = ClassPassFactory(school_class=world.school_class, submitted=True)
    ResponseFactory(class_pass=done, student=world.student, signs={"b5": 1})
    shown = text_of(client, world.people[Role.HOMEROOM], "/screening/")
    assert not any(level in shown for level in LEVEL_WORDS)


def test_a_subject_teacher_sees_a_name_and_neither_number_nor_birthday(client, world):
    teacher = world.people[Role.TEACHER]
    for url in ("/directory/", f"/directory/children/{world.student.pk}/"):
        response = login(client, teacher).get(url)
        if response.status_code == 404:
            continue
        shown = response.content.decode()
        assert world.student.number not in shown, url
        assert str(world.student.born_on.year) not in shown, url


def test_a_grade_leader_sees_counts_only_when_all_classes_are_done_and_the_round_is_closed_and_none_below_five(
    client, world
):
    leader = world.people[Role.GRADE_LEADER]
    done = ClassPassFactory(school_class=world.school_class, submitted=True)
    for level, children in (("none", 40), ("general", 6), ("high", 2)):
        done.counts.create(level=level, children=children)
    assert "40" not in text_of(client, leader, "/workspace/")  # a form may be amended yet: two days could be subtracted
    Round.objects.update(state=RoundState.CLOSED)
    shown = text_of(client, leader, "/workspace/")
    assert "40" in shown
    assert "不显示" in shown or "隐藏" in shown
    assert world.student.name not in shown
    ClassPassFactory(
        round=done.round, school_class=world.school_class.__class__.objects.create(grade=world.grade, number=9)
    )
    assert "40" not in text_of(client, leader, "/workspace/")


@pytest.mark.parametrize("role", [Role.GUARDIAN, Role.EDITOR, Role.TRAINER, Role.TEACHER, Role.ADMINISTRATOR])
def test_who_has_nothing_to_do_with_cases_opens_none_of_their_pages(client, world, people, role):
    case = a_case(people, "high", world.student)
    login(client, world.people[role])
    for url in ("/cases/", f"/cases/{case.pk}/", "/assessments/", "/cases/export/"):
        assert client.get(url).status_code == 403, url
