"""A school's directory."""

import datetime

import factory
from factory.django import DjangoModelFactory

from xinqiao.school.enrolment import pinyin_of
from xinqiao.school.models import (
    Enrolment,
    Grade,
    Guardian,
    Guardianship,
    School,
    SchoolClass,
    Student,
    Term,
)


class SchoolFactory(DjangoModelFactory):
    class Meta:
        model = School

    name = factory.Sequence(lambda n: f"第{n}实验小学")
    short_name = factory.Sequence(lambda n: f"{n}小")


class TermFactory(DjangoModelFactory):
    class Meta:
        model = Term

    school = factory.SubFactory(SchoolFactory)
    name = "2026—2027学年第一学期"
    starts_on = datetime.date(2026, 9, 1)
    ends_on = datetime.date(2027, 1, 22)


class GradeFactory(DjangoModelFactory):
    class Meta:
        model = Grade
        django_get_or_create = ("school", "number")

    school = factory.SubFactory(SchoolFactory)
    number = 3


class SchoolClassFactory(DjangoModelFactory):
    class Meta:
        model = SchoolClass

    grade = factory.SubFactory(GradeFactory)
    number = factory.Sequence(lambda n: n + 1)


class StudentFactory(DjangoModelFactory):
    """A child; with `current_class`, enrolled there since the start of the school year."""

    class Meta:
        model = Student
        skip_postgeneration_save = True

    school = factory.SubFactory(SchoolFactory)
    number = factory.Sequence(lambda n: f"S{n:06d}")
    name = factory.Sequence(lambda n: f"某同学{n}")
    sex = Student.Sex.FEMALE
    born_on = datetime.date(2017, 10, 1)
    pinyin = factory.LazyAttribute(lambda student: pinyin_of(student.name)[0])
    pinyin_initials = factory.LazyAttribute(lambda student: pinyin_of(student.name)[1])

    @factory.post_generation
    def enrolment(self, create, extracted, **kwargs):
        if create and self.current_class_id is not None:
            Enrolment.objects.create(student=self, school_class=self.current_class, starts_on=datetime.date(2026, 9, 1))


class GuardianFactory(DjangoModelFactory):
    class Meta:
        model = Guardian

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"某家长{n}")


class GuardianshipFactory(DjangoModelFactory):
    class Meta:
        model = Guardianship

    student = factory.SubFactory(StudentFactory)
    guardian = factory.SubFactory(GuardianFactory)
    relation = Guardianship.Relation.MOTHER
