"""No file of a person lies where anybody can fetch it, and no screen of the editors shows what its page hides."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from wagtail.models import Page, Site

from tests.access.world import build_world
from xinqiao.accounts.enums import Role
from xinqiao.accounts.groups import ensure_groups, sync_groups


def test_the_folder_of_uploads_has_no_address():
    """Pictures and papers come out of views that look who asks."""
    with pytest.raises(Resolver404):
        resolve(f"/{settings.MEDIA_URL.strip('/')}/pictures/x.png")


@pytest.mark.parametrize("path", ["/media/../keys", "/static/../../keys", "/media/%2e%2e/keys", "/pictures/../../keys"])
def test_no_path_leads_out_of_a_folder(db, path):
    assert Client().get(path).status_code in {301, 302, 400, 404}


@pytest.fixture
def world(db):
    world = build_world()
    home = Site.objects.get().root_page
    world.put(draft=home.add_child(instance=Page(title="草稿", slug="draft", live=False)))
    world.draft.save_revision()
    ensure_groups()
    for person in world.people.values():
        sync_groups(person)
    return world


_LOOKS = ("edit", "view_draft", "preview_on_edit", "history", "revisions_index", "usage", "workflow_history")


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.EDITOR, Role.ADMINISTRATOR}])
def test_a_draft_is_shown_to_nobody_but_its_editors(world, role):
    client = Client()
    client.force_login(world.people[role])
    for name in _LOOKS:
        response = client.get(reverse(f"wagtailadmin_pages:{name}", args=[world.draft.pk]))
        shown = response.status_code == 200 and "草稿" in response.content.decode()
        assert not shown, name
    assert client.get("/draft/").status_code == 404


def test_embeds_of_other_hosts_have_no_door(world):
    client = Client()
    client.force_login(world.people[Role.EDITOR])
    assert client.get("/admin/embeds/chooser/").status_code == 404
    assert client.post("/admin/embeds/chooser/upload/", {"embed-chooser-url": "http://127.0.0.1/"}).status_code == 404
    assert settings.WAGTAILEMBEDS_FINDERS == []


def test_the_side_bar_greets_by_the_name_and_not_by_the_login(world):
    editor = world.people[Role.EDITOR]
    client = Client()
    client.force_login(editor)
    page = client.get("/admin/").content.decode()
    assert editor.display_name in page
    assert f'"name": "{editor.username}"' not in page
