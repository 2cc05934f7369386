"""The public pages that are no Wagtail pages, pictures as files, and Wagtail's own doors."""

from tests.access.matrix import LOGIN, Line, everyone, only
from tests.access.world import World
from tests.factories.content import PictureFactory, public_site
from xinqiao.accounts.enums import Role


def prepare(world: World) -> None:
    public_site()
    picture = PictureFactory()
    rendition = picture.get_rendition("width-200|format-webp")
    world.put(
        original_name=picture.file.name.rpartition("/")[2],
        rendition_name=rendition.file.name.rpartition("/")[2],
    )


LINES = [
    Line("search", everyone(), data=lambda world: {"q": "情绪"}),
    Line(
        "picture",
        everyone(),
        inside=lambda world: {"name": world.rendition_name},
        outside=lambda world: {"name": "no-such-picture.webp"},
    ),
    Line(
        "picture_original",
        only(Role.EDITOR, Role.TRAINER),
        inside=lambda world: {"name": world.original_name},
        outside=lambda world: {"name": "no-such-picture.png"},
    ),
    # Wagtail's pages: the home page stands for those that everybody reads.
    Line("wagtail_serve", everyone(), inside=lambda world: ("",), outside=lambda world: ("nothing/",)),
    # Whoever comes to Wagtail's own login is sent to ours.
    Line("wagtailcore_login", everyone(LOGIN)),
    # No page and no file is kept behind a shared word.
    Line(
        "wagtailcore_authenticate_with_password",
        everyone(404),
        method="post",
        inside=lambda world: {"page_view_restriction_id": 1, "page_id": 1},
    ),
    Line(
        "wagtaildocs_authenticate_with_password",
        everyone(404),
        method="post",
        inside=lambda world: {"restriction_id": 1},
    ),
    Line(
        "wagtaildocs_serve",
        everyone(404),
        inside=lambda world: (1, "no-such-file.pdf"),
    ),
]
