"""The demo's site: home, help now, plain pages, topics."""

from wagtail.models import Site

from content.bootstrap import ensure_site
from content.models import SiteWords


def load(demo) -> None:
    """Make what is missing; run again, change nothing."""
    ensure_site(demo.school.name)
    words = SiteWords.for_site(Site.objects.get(is_default_site=True))
    if not words.room_place:
        words.room_place = demo.school.counselling_room or "综合楼二楼"
        words.room_hours = "周一至周五 8:00–17:00，课间可以直接来"
        words.room_phone = demo.school.phone
        words.save()
