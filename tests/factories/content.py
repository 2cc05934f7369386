"""A public site: home, help now, the parents' index, articles with covers."""

import datetime
import io

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image

from content.bootstrap import ensure_site
from content.models import Picture, Topic
from parents.bootstrap import ensure_parents
from parents.models import ArticlePage, ParentsIndexPage


def public_site(school_name: str = "第一实验小学") -> ParentsIndexPage:
    """Home, help now, privacy, about, topics, and the parents' index, which is returned. No article yet."""
    return ensure_parents(ensure_site(school_name))


def picture_bytes(
    size: tuple[int, int] = (400, 225), kind: str = "PNG", colour: str = "#88bbaa", **options: object
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return out.getvalue()


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic

    name = factory.Sequence(lambda n: f"主题{n}")
    slug = factory.Sequence(lambda n: f"topic-{n}")


class PictureFactory(DjangoModelFactory):
    class Meta:
        model = Picture

    title = factory.Sequence(lambda n: f"图片{n}")
    description = "妈妈蹲下来，听孩子说话"
    file = factory.Sequence(lambda n: ContentFile(picture_bytes(), name=f"picture-{n}.png"))


SAY = ("say", {"heading": "怎么开口", "better": ["我在听。"], "worse": ["别哭了。"]})
HELP_NOW = (
    "help_now",
    {"heading": "什么时候需要更多帮助", "text": "<p>当天联系学校心理老师。</p>", "numbers": ["12356", "120"]},
)


def text_block(words: str, heading: str = "先听一听") -> tuple[str, dict]:
    return "text", {"heading": heading, "text": f"<p>{words}</p>"}


class ArticleFactory(DjangoModelFactory):
    """A published article with a cover, below the parents' index; each newer than the one before."""

    class Meta:
        model = ArticlePage

    title = factory.Sequence(lambda n: f"文章第{n}篇")
    slug = factory.Sequence(lambda n: f"article-{n}")
    summary = "读完知道先做什么、怎么开口。"
    topic = factory.LazyFunction(lambda: Topic.objects.get(slug="emotion"))
    years = "all"
    cover = factory.SubFactory(PictureFactory)
    body = factory.LazyFunction(lambda: [text_block("孩子说话的时候，放下手机。"), SAY, HELP_NOW])
    sources = "《中小学心理健康教育指导纲要（2012年修订）》，教育部"
    live = True
    first_published_at = factory.Sequence(
        lambda n: timezone.make_aware(datetime.datetime(2026, 9, 1)) + datetime.timedelta(minutes=n)
    )

    @classmethod
    def _create(cls, model_class, *args, parent: ParentsIndexPage | None = None, **fields):
        page = model_class(**fields)
        (parent or ParentsIndexPage.objects.get()).add_child(instance=page)
        return page
