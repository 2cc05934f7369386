"""docs/access.md says what the table in code says."""

import pytest
from django.core.management import CommandError, call_command

from xinqiao.accounts import access_table
from xinqiao.accounts.capabilities import GRANTS, Capability, Scope
from xinqiao.accounts.enums import Role

NARRATIVE = {Capability.READ_NARRATIVE, Capability.READ_HIGH_NARRATIVE}


def test_the_page_in_docs_is_up_to_date(settings):
    written = (settings.ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    assert written == access_table.page(), "run `manage.py access_table --write`"


def test_every_role_and_every_capability_has_a_chinese_name_of_its_own():
    page = access_table.page()
    for choice in (*Role, *Capability):
        chinese = access_table._in("zh-hans", choice)
        assert chinese != access_table._in("en", choice), f"{choice!r} has no Chinese name"
        assert chinese in page


def test_a_page_that_is_out_of_date_is_refused(settings, tmp_path):
    settings.ROOT = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="access_table --write"):
        call_command("access_table", "--check")
    call_command("access_table", "--write")
    call_command("access_table", "--check")


def test_no_story_is_within_reach_of_those_who_run_or_fill_the_site():
    for role in (
        Role.ADMINISTRATOR,
        Role.EDITOR,
        Role.TRAINER,
        Role.DISTRICT,
        Role.GUARDIAN,
        Role.TEACHER,
        Role.GRADE_LEADER,
    ):
        assert not NARRATIVE & GRANTS[role].keys(), role


def test_the_principal_and_the_deputy_reach_only_the_stories_of_high_risk():
    for role in (Role.PRINCIPAL, Role.DEPUTY):
        assert NARRATIVE & GRANTS[role].keys() == {Capability.READ_HIGH_NARRATIVE}


def test_who_reads_the_trail_does_not_run_the_system():
    """Three administrators apart: who gives duties does not look after the record of it."""
    for role, granted in GRANTS.items():
        assert not {Capability.READ_AUDIT, Capability.ADMINISTER} <= granted.keys(), role


def test_only_the_district_reaches_beyond_a_school():
    for role, granted in GRANTS.items():
        assert (Scope.DISTRICT in granted.values()) == (role == Role.DISTRICT)


def test_every_capability_is_held_by_somebody():
    held = {capability for granted in GRANTS.values() for capability in granted}
    assert held == set(Capability)
