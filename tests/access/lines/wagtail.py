"""Wagtail's own addresses outside of its admin: pages, documents of the editors, and the logins that we do not use."""

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

from tests.access.matrix import LOGIN, Line, everyone
from tests.access.world import World


def _document(world: World) -> None:
    document = get_document_model()(title="leaflet")
    document.file.save("leaflet.pdf", ContentFile(b"%PDF-1.7"), save=True)
    world.put(document=document)


LINES = [
    Line("wagtail_serve", everyone(404), inside=lambda world: ("no-such-page/",), note="an unknown page"),
    # One login for everybody; a password for a page is switched off, so there is never a restriction to ask for.
    Line("one_login", everyone(LOGIN)),
    Line("wagtailcore_login", everyone(LOGIN)),
    Line("wagtailcore_authenticate_with_password", everyone(404), inside=lambda world: (1, 1)),
    Line("wagtaildocs_authenticate_with_password", everyone(404), inside=lambda world: (1,)),
    Line(
        "wagtaildocs_serve",
        everyone(),
        prepare=_document,
        inside=lambda world: (world.document.pk, world.document.filename),
        outside=lambda world: (world.document.pk, "another-name.pdf"),
    ),
]
