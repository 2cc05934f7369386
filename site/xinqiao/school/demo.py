"""The demo school: six grades of three classes, 45 children in each, 50 staff, guardians.

Names are drawn from lists of common characters by a seeded generator; nobody is meant. The same seed gives the same
school, and an existing school is left as it is.
"""

import datetime
import random

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from xinqiao.accounts.enums import Role
from xinqiao.accounts.models import Appointment, User
from xinqiao.school.demo_moves import load_moves
from xinqiao.school.enrolment import pinyin_of
from xinqiao.school.models import Enrolment, Grade, Guardian, Guardianship, School, SchoolClass, Student, Term

PASSWORD = "xinqiao-demo"  # noqa: S105 - the demo's stated password; production refuses to start with it
CLASSES_A_GRADE = 3
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜戴夏钟"
)
_GIVEN = "安宁乐童晨曦月溪岚禾青苗书言知行景明朗清和一可心若云舒子涵雨桐思源星辰小满初夏秋实冬阳向远嘉木怀瑾文博雅"
# One child in the demo carries a rare character, so that every list, letter and search is seen with one.
_RARE_NAME = "马骉"
_GRADE_ONE_AGE = 6

# login, what they are called, role, e-mail; scope is filled in below.
_NAMED = [
    ("principal", "校长", Role.PRINCIPAL),
    ("deputy", "副校长", Role.DEPUTY),
    ("moral", "德育主任", Role.MORAL_EDUCATION),
    ("counselor", "心理老师", Role.COUNSELOR),
    ("grade3", "三年级组长", Role.GRADE_LEADER),
    ("homeroom", "三（2）班班主任", Role.HOMEROOM),
    ("teacher", "任课老师", Role.TEACHER),
    ("editor", "编辑老师", Role.EDITOR),
    ("trainer", "培训管理员", Role.TRAINER),
    ("admin", "系统管理员", Role.ADMINISTRATOR),
]
_STAFF = 50


class Demo:
    """What an app's `demo.load(demo)` may use: the school, its people, today, and one seeded generator."""

    def __init__(self, *, students: int, seed: int, today: datetime.date | None = None) -> None:
        self.students = students
        self.seed = seed
        self.random = random.Random(seed)  # noqa: S311 - a repeatable school, not a secret
        self.today = today or timezone.localdate()
        self.school: School
        self.term: Term
        self.classes: list[SchoolClass] = []
        self.staff: list[User] = []

    def user(self, name: str) -> User:
        """One of the demo users, by login."""
        return User.objects.get(username=name)

    def students_of(self, school_class: SchoolClass) -> list[Student]:
        """The children of a class, by number."""
        return list(Student.objects.filter(current_class=school_class).order_by("number"))

    def homeroom_of(self, school_class: SchoolClass) -> User:
        """The homeroom teacher of a class."""
        return User.objects.get(appointments__role=Role.HOMEROOM, appointments__school_class=school_class)


@transaction.atomic
def load(demo: Demo) -> None:
    """Make the school where there is none; in any case fill in `demo` with what there is."""
    existing = School.objects.order_by("pk").first()
    if existing is None:
        _build(demo)
    else:
        demo.school = existing
    demo.term = Term.objects.current(demo.today)
    demo.classes = list(SchoolClass.objects.filter(grade__school=demo.school).select_related("grade__school"))
    demo.staff = list(
        User.objects.filter(appointments__school=demo.school)
        .exclude(appointments__role__in=[Role.GUARDIAN, Role.DISTRICT])
        .distinct()
        .order_by("pk")
    )


def school_year_start(today: datetime.date) -> datetime.date:
    """The first of September that began the school year of the day."""
    return datetime.date(today.year if today.month >= 9 else today.year - 1, 9, 1)


def _build(demo: Demo) -> None:
    demo.school = School.objects.create(
        name="心桥实验小学", short_name="心桥小学", counselling_room="心理咨询室（综合楼二层）", phone="010-00000000"
    )
    began = school_year_start(demo.today)
    _terms(demo.school, began)
    classes = _classes(demo.school)
    _staff(demo, classes, began)
    _children(demo, classes, began)
    load_moves(demo, classes, began)


def _terms(school: School, began: datetime.date) -> None:
    year = began.year
    Term.objects.create(school=school, name=f"{year} 秋", starts_on=began, ends_on=datetime.date(year + 1, 1, 29))
    Term.objects.create(
        school=school,
        name=f"{year + 1} 春",
        starts_on=datetime.date(year + 1, 3, 1),
        ends_on=datetime.date(year + 1, 7, 9),
    )


def _classes(school: School) -> list[SchoolClass]:
    classes = []
    for number in range(1, 7):
        grade = Grade.objects.create(school=school, number=number)
        classes += [SchoolClass.objects.create(grade=grade, number=k) for k in range(1, CLASSES_A_GRADE + 1)]
    return classes


def _staff(demo: Demo, classes: list[SchoolClass], began: datetime.date) -> None:
    password = make_password(PASSWORD)
    third = next(c for c in classes if c.grade.number == 3 and c.number == 2)

    def person(login: str, name: str, *, email: bool = True) -> User:
        return User.objects.create(
            username=login,
            display_name=name,
            email=f"{login}@school.example" if email else "",
            password=password,
            is_superuser=login == "admin",
            is_staff=login == "admin",
        )

    def duty(user: User, role: Role, **scope: object) -> None:
        Appointment.objects.create(user=user, role=role, school=demo.school, starts_on=began, **scope)

    for login, name, role in _NAMED:
        user = person(login, name)
        if role is Role.GRADE_LEADER:
            duty(user, role, grade=third.grade)
        elif role is Role.HOMEROOM:
            duty(user, role, school_class=third)
        elif role is Role.TEACHER:
            for school_class in classes:
                if school_class.grade_id == third.grade_id:
                    duty(user, role, school_class=school_class)
        else:
            duty(user, role)
    duty(person("district", "区教育局"), Role.DISTRICT)

    others = iter(range(1, _STAFF - len(_NAMED) + 1))
    for school_class in classes:
        if school_class.pk != third.pk:
            user = person(f"staff{next(others):02d}", _name(demo.random) + "老师")
            duty(user, Role.HOMEROOM, school_class=school_class)
    for index in others:
        user = person(f"staff{index:02d}", _name(demo.random) + "老师")
        for school_class in demo.random.sample(classes, 3):
            duty(user, Role.TEACHER, school_class=school_class)


def _name(generator: random.Random) -> str:
    return generator.choice(_SURNAMES) + "".join(generator.sample(_GIVEN, generator.choice([1, 2, 2, 2])))


def _children(demo: Demo, classes: list[SchoolClass], began: datetime.date) -> None:
    taken: set[str] = set()
    students, enrolments, guardians, guardianships = [], [], [], []
    for position in range(demo.students):
        school_class = classes[position % len(classes)]
        seat = position // len(classes) + 1
        name = _RARE_NAME if position == len(classes) else _name(demo.random)
        while name in taken:
            name = _name(demo.random)
        taken.add(name)
        pinyin, initials = pinyin_of(name)
        # All are six on the last of August before their first school year.
        first_birthday = datetime.date(began.year - school_class.grade.number - _GRADE_ONE_AGE, 9, 1)
        born = first_birthday + datetime.timedelta(days=demo.random.randint(0, 364))
        students.append(
            Student(
                school=demo.school,
                number=f"{began.year - school_class.grade.number + 1}{school_class.number:02d}{seat:02d}",
                name=name,
                pinyin=pinyin,
                pinyin_initials=initials,
                sex=demo.random.choice(Student.Sex.values),
                born_on=born,
                current_class=school_class,
            )
        )
    Student.objects.bulk_create(students)
    for student in students:
        enrolments.append(Enrolment(student=student, school_class_id=student.current_class_id, starts_on=began))
        relation = demo.random.choice([Guardianship.Relation.MOTHER, Guardianship.Relation.FATHER])
        guardian = Guardian(
            school=demo.school,
            name=student.name[0] + ("妈妈" if relation == Guardianship.Relation.MOTHER else "爸爸"),
            phone=f"100{demo.random.randint(0, 99_999_999):08d}",  # no mobile number in the country begins so
        )
        guardians.append(guardian)
        guardianships.append(Guardianship(student=student, guardian=guardian, relation=relation))
    Enrolment.objects.bulk_create(enrolments)
    Guardian.objects.bulk_create(guardians)
    Guardianship.objects.bulk_create(guardianships)
    _parent_account(demo, classes, began)


def _parent_account(demo: Demo, classes: list[SchoolClass], began: datetime.date) -> None:
    """`parent` is the guardian of the third child of 三（2）班."""
    third = next(c for c in classes if c.grade.number == 3 and c.number == 2)
    parent = User.objects.create(
        username="parent", display_name="家长", email="parent@family.example", password=make_password(PASSWORD)
    )
    Appointment.objects.create(user=parent, role=Role.GUARDIAN, school=demo.school, starts_on=began)
    child = Student.objects.filter(current_class=third).order_by("number")[2:3].first()
    if child is not None:
        Guardian.objects.filter(pk=child.guardianships.get().guardian_id).update(user=parent)
