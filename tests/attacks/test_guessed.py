"""Guessed addresses: nothing private lies under a public one, whatever stands in the path."""

import re
import uuid

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction

from tests.attacks.sources import sources
from tests.factories import cases, files
from tests.factories.accounts import person_with
from xinqiao.accounts.enums import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper():
    return files.a_paper(cases.SchoolWithPeople())


def test_private_files_are_no_part_of_what_is_served():
    private, media, static = (
        str(each.resolve()) for each in (settings.PRIVATE_ROOT, settings.MEDIA_ROOT, settings.STATIC_ROOT)
    )
    assert not private.startswith((media, static))
    assert not media.startswith(private)


@pytest.mark.parametrize("who", [None, Role.ADMINISTRATOR, Role.EDITOR])
def test_no_path_leads_to_a_sealed_content(paper, who):
    client = Client(raise_request_exception=False)
    if who:
        client.force_login(person_with(who, school=paper.school))
    name = paper.path
    for path in (
        f"/media/{name}",
        f"/media/../private/{name}",
        f"/media/%2e%2e/private/{name}",
        f"/media/..%2fprivate%2f{name}",
        f"/media/....//private/{name}",
        f"/media//{settings.PRIVATE_ROOT}/{name}",
        f"/static/../private/{name}",
        f"/static/%2e%2e/%2e%2e/private/{name}",
        f"/private/{name}",
        f"/files/{name}",
        f"/documents/1/../../private/{name}",
        f"/media/..\\private\\{name}",
        f"/media/{name}%00.jpg",
    ):
        response = client.get(path, follow=True)
        assert response.status_code in {200, 400, 404}, path
        assert response.status_code != 200 or response.redirect_chain[-1][0].startswith("/accounts/login/"), path
        assert b"XQF1" not in response.getvalue()


def test_a_private_document_of_editors_is_not_served_without_its_right(client):
    shelf = Collection.get_first_root_node().add_child(name="private")
    CollectionViewRestriction.objects.create(collection=shelf, restriction_type=CollectionViewRestriction.LOGIN)
    document = get_document_model()(title="x", collection=shelf)
    document.file.save("x.pdf", ContentFile(b"%PDF-1.7"), save=True)
    assert client.get(document.url).status_code == 302
    assert client.get(f"/media/{document.file.name}").status_code in {302, 404}
    for number in range(document.pk - 3, document.pk + 4):
        assert client.get(f"/documents/{number}/x.pdf").status_code in {302, 404}


@pytest.mark.parametrize(
    "role", [Role.HOMEROOM, Role.TEACHER, Role.GUARDIAN, Role.EDITOR, Role.DISTRICT, Role.ADMINISTRATOR]
)
def test_a_guessed_key_and_a_real_one_out_of_reach_are_answered_alike(client, paper, role):
    """Whoever tries keys learns nothing from the answers: nothing that is, and nothing that is not."""
    people = cases.SchoolWithPeople(paper.school)
    scope = {"school_class": people.school_class} if role in {Role.HOMEROOM, Role.TEACHER} else {"school": paper.school}
    client.force_login(person_with(role, **scope))
    for address in ("/files/{}/", "/files/{}/pages/1/", "/files/{}/download/"):
        real, guessed = client.get(address.format(paper.pk)), client.get(address.format(uuid.uuid4()))
        assert real.status_code == guessed.status_code == 404
        assert _same(real.content.decode()) == _same(guessed.content.decode())


def _same(page: str) -> str:
    """The page without what is new in each."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|csrf[^>]*|nonce-\S+", "", page)


def test_a_sealed_contents_name_cannot_be_guessed(paper):
    stem = paper.path.replace("/", "").removeprefix("sealed")
    assert len(stem) == 32
    assert str(paper.pk).replace("-", "") not in paper.path


def test_no_view_takes_a_path_from_the_address():
    """A path that a person may fill in is a way out of the folder."""
    for path, text in sources():
        if path.endswith("urls.py"):
            assert "<path:" not in text, path
