"""Home, article, listing and search, not cached, against a bare Wagtail page."""

from collections.abc import Iterator

from wagtail.models import Page, Site

from benchmarks.clients import as_user, getting, queries
from benchmarks.measure import Figure, beside
from parents.models import ArticlePage

BUDGETS = {"home": 12, "article": 12, "listing": 15, "search": 15}
SHARE = 0.4


def measure() -> Iterator[Figure]:
    root = Site.objects.get(is_default_site=True).root_page
    root.add_child(instance=Page(title="裸页", slug="bare-floor"))
    anonymous = as_user(None)
    bare = getting(anonymous, "/bare-floor/")
    addresses = {
        "home": "/",
        "article": ArticlePage.objects.live().first().url,
        "listing": "/parents/",
        "search": "/search/?q=情绪",
    }
    for name, address in addresses.items():
        page = getting(anonymous, address)
        value, floor = beside(page, bare)
        asked = queries(page)
        yield Figure(
            f"page {name} ({asked} queries, budget {BUDGETS[name]})",
            value, "/s", floor, f">= {SHARE}x a bare Wagtail page",
            value >= SHARE * floor and asked <= BUDGETS[name],
        )  # fmt: skip
