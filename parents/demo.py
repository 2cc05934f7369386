"""The demo's articles for parents."""

from content.models import HomePage
from parents.bootstrap import ensure_articles, ensure_parents


def load(demo) -> None:
    """Make what is missing; run again, change nothing."""
    ensure_articles(ensure_parents(HomePage.objects.get()))
