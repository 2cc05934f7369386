"""Papers of a record: for those who read it; added and taken away by those who write in it."""

import io

from tests.access.matrix import LET_IN, Line, only
from tests.factories import files
from tests.factories.cases import SchoolWithPeople, a_case
from xinqiao.accounts.enums import Role
from xinqiao.files.attach import attach
from xinqiao.files.intake import clean_paper

LEADS = (Role.PRINCIPAL, Role.DEPUTY)


def prepare(world):
    here, there = SchoolWithPeople(world.school), SchoolWithPeople(world.foreign_school)
    world.put(
        high_case=a_case(here, "high", world.student),
        case=a_case(here, "priority", world.other_student),
        foreign_case=a_case(there, "high", world.foreign_student),
    )
    clean = clean_paper(io.BytesIO(files.photo()), "a.jpg")
    world.put(
        high_paper=attach(clean, to=world.high_case, kind="case-paper", by=here.counselor),
        paper=attach(clean, to=world.case, kind="case-paper", by=here.counselor),
        foreign_paper=attach(clean, to=world.foreign_case, kind="case-paper", by=there.counselor),
    )


def _paper(name, **more):
    return lambda world: {"paper_id": getattr(world, name).pk, **more}


def _case(name):
    return lambda world: {"kind": "case-paper", "owner_id": getattr(world, name).pk}


# Whether there is a paper is nobody's business: who does not see its case gets what is got for none at all.
_READS_HIGH = only(Role.COUNSELOR, *LEADS, others=404).but(Role.MORAL_EDUCATION, inside=403)
_READS = only(Role.COUNSELOR, others=404).but(Role.MORAL_EDUCATION, *LEADS, inside=403)
_WRITES = only(Role.COUNSELOR, others=404, status=LET_IN).but(Role.MORAL_EDUCATION, *LEADS, inside=403)

LINES = [
    *(
        line
        for name, more in (("paper", {}), ("page", {"page": 1}), ("download", {}))
        for line in (
            Line(
                f"files:{name}", _READS_HIGH, _paper("high_paper", **more), _paper("foreign_paper", **more), note="high"
            ),
            Line(f"files:{name}", _READS, _paper("paper", **more), _paper("foreign_paper", **more), note="priority"),
        )
    ),
    Line("files:add", _WRITES, _case("high_case"), _case("foreign_case")),
    Line("files:add", _WRITES, _case("high_case"), _case("foreign_case"), method="post"),
    Line("files:remove", _WRITES, _paper("high_paper"), _paper("foreign_paper"), method="post"),
    Line("files:restore", _WRITES, _paper("high_paper"), _paper("foreign_paper"), method="post"),
]
