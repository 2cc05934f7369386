"""The parents' index under the home page, and the articles that a site begins with. Nothing existing is changed."""

import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from content.models import HomeFeature, HomePage, Topic
from content.pictures.renditions import FOR_COVERS
from content.pictures.scenes import painted_picture
from parents.library import ARTICLES
from parents.library.writing import Article
from parents.models import ArticlePage, ParentsIndexPage

REVIEW_AFTER = datetime.timedelta(days=365)


@transaction.atomic
def ensure_parents(home: HomePage) -> ParentsIndexPage:
    """The index at /parents/, made when there is none yet."""
    index = ParentsIndexPage.objects.first()
    if index is not None:
        return index
    index = ParentsIndexPage(
        title="家长学校",
        slug="parents",
        lead="按孩子的年级和遇到的事来找。每篇几分钟，都有可以直接说出口的话，和这一周做得到的事。",
        search_description="给小学生家长的心理健康文章：不想上学、发脾气、睡不好、和同学闹矛盾、手机、亲人离世。",
    )
    home.add_child(instance=index)
    index.save_revision(clean=False).publish()
    return index


@transaction.atomic
def ensure_articles(index: ParentsIndexPage, *, now: datetime.datetime | None = None) -> list[ArticlePage]:
    """Each library article that is not there by its address yet, published; those for the home page put first there."""
    now = now or timezone.now()
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    existing = set(ArticlePage.objects.child_of(index).values_list("slug", flat=True))
    made = []
    for position, article in enumerate(ARTICLES):
        if article.slug not in existing:
            published = now - datetime.timedelta(days=4 * (len(ARTICLES) - position))
            made.append(_publish(index, article, topics[article.topic], published))
    _feature(index, [page for page in made if page.slug in _FEATURED])
    return made


_FEATURED = {article.slug for article in ARTICLES if article.featured}


def _publish(index: ParentsIndexPage, article: Article, topic: Topic, published: datetime.datetime) -> ArticlePage:
    reviewed = datetime.date(*article.reviewed, 15)
    cover = painted_picture(scene=article.scene, title=f"封面：{article.title}", description=article.alt)
    page = ArticlePage(
        title=article.title,
        slug=article.slug,
        summary=article.summary,
        topic=topic,
        years=article.years,
        cover=cover,
        body=article.body,
        sources="\n".join(article.sources),
        reviewed_on=min(reviewed, timezone.localdate(published.astimezone(ZoneInfo("Asia/Shanghai")))),
        review_due_on=reviewed + REVIEW_AFTER,
        first_published_at=published,
        last_published_at=published,
    )
    index.add_child(instance=page)
    page.save_revision(clean=False).publish()
    # Made now, so that the first reader does not wait for them.
    cover.get_renditions(*FOR_COVERS)
    return page


def _feature(index: ParentsIndexPage, pages: list[ArticlePage]) -> None:
    home = Page.objects.parent_of(index).first().specific
    if not isinstance(home, HomePage) or home.features.exists():
        return
    for position, page in enumerate(reversed(pages)):
        HomeFeature.objects.create(home=home, page=page, sort_order=position)
