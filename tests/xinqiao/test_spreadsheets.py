"""Wagtail's own exports hold what editors typed: none of it may act as a formula."""

import csv
import io

import openpyxl
import pytest
from django.urls import reverse
from wagtail.models import Page, Site

from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_groups

pytestmark = pytest.mark.django_db
FORMULA = '=HYPERLINK("https://evil.example","看")'


@pytest.fixture
def exported(client):
    """A report of pages in either format, for an administrator."""
    page = Page(title=FORMULA, slug="formula")
    Site.objects.get().root_page.add_child(instance=page)
    page.save_revision().publish()
    ensure_groups()
    admin = person_with(Role.ADMINISTRATOR)
    sync_groups(admin)
    client.force_login(admin)

    def export(kind: str) -> bytes:
        return client.get(reverse("wagtailadmin_reports:aging_pages"), {"export": kind}).getvalue()

    return export


def test_a_title_is_no_formula_in_a_csv_file(exported):
    cells = [cell for row in csv.reader(io.StringIO(exported("csv").decode())) for cell in row]
    assert f"'{FORMULA}" in cells
    assert FORMULA not in cells


def test_nor_in_a_workbook(exported):
    sheet = openpyxl.load_workbook(io.BytesIO(exported("xlsx"))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert f"'{FORMULA}" in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}
