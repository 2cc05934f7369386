"""Making an empty site usable: home, help now, privacy, about, the topics. What is there already is left as it is."""

from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import GroupApprovalTask, Page, Site, Workflow

from content.library.pages import ABOUT, DOORS, HELP, PRIVACY, QUICK_ASKS
from content.library.topics import TOPICS
from content.models import HelpNowPage, HomePage, SiteWords, StandardPage, Topic
from xinqiao.accounts.groups import ADMINISTRATORS, EDITORS


@transaction.atomic
def ensure_site(school_name: str) -> HomePage:
    """The home page of the default site, made with all that belongs to it when there is none yet.

    Args:
        school_name: shown on the home page and under articles; an empty text leaves what stands in the settings.
    """
    home = HomePage.objects.first() or _new_home()
    site = _site_of(home)
    words = SiteWords.for_site(site)
    if school_name and not words.school_name:
        words.school_name = school_name
        words.save()
    for position, (slug, name, description) in enumerate(TOPICS, start=1):
        Topic.objects.get_or_create(
            slug=slug, defaults={"name": name, "description": description, "position": position * 10}
        )
    if not HelpNowPage.objects.exists():
        _publish_below(home, _help_page())
    _ensure_review()
    for page in (PRIVACY, ABOUT):
        if not StandardPage.objects.child_of(home).filter(slug=page["slug"]).exists():
            _publish_below(home, _plain_page(page))
    return home


def _new_home() -> HomePage:
    root = Page.get_first_root_node()
    home = HomePage(
        title="首页",
        slug="xinqiao",
        seo_title="心桥",
        search_description="给家长的心理健康文章，给教师的识别与应对培训，由学校心理咨询室审核。",
        quick_asks=[("ask", words) for words in QUICK_ASKS],
        doors=[("door", door) for door in DOORS],
        show_in_menus=True,
    )
    root.add_child(instance=home)
    home.save_revision(clean=False).publish()
    return home


def _publish_below(home: HomePage, page: Page) -> None:
    """With a first version in its history, so that an editor can always go back to it."""
    home.add_child(instance=page)
    page.save_revision(clean=False).publish()


def _site_of(home: HomePage) -> Site:
    """The default site, rooted at our home; Wagtail's own welcome page goes once nothing stands on it."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        return Site.objects.create(hostname="localhost", root_page=home, is_default_site=True, site_name="心桥")
    welcome = site.root_page
    if welcome.pk != home.pk and welcome.specific_class in {None, Page}:
        site.root_page = home
        site.site_name = "心桥"
        site.save()
        welcome.refresh_from_db()
        if welcome.is_leaf():
            welcome.delete()
            home.refresh_from_db()
    return site


REVIEW = "学校审核"
_WAGTAILS_REVIEW = "Moderators approval"


def _ensure_review() -> None:
    """Wagtail's own workflow asks a group that this product has not: a second editor or an administrator looks instead."""
    Workflow.objects.filter(name=_WAGTAILS_REVIEW).update(name=REVIEW)
    for task in GroupApprovalTask.objects.filter(name=_WAGTAILS_REVIEW):
        task.name = REVIEW
        task.save()
        task.groups.set(Group.objects.get_or_create(name=name)[0] for name in (EDITORS, ADMINISTRATORS))


def _help_page() -> HelpNowPage:
    return HelpNowPage(
        title=HELP["title"],
        slug="help",
        lead=HELP["lead"],
        search_description="心理援助热线 12356、青少年服务台 12355、110、120，以及等待时怎么做。",
        numbers=[("number", number) for number in HELP["numbers"]],
        waiting=[("steps", HELP["waiting"])],
        readers=[("reader", reader) for reader in HELP["readers"]],
        closing=HELP["closing"],
    )


def _plain_page(page: dict) -> StandardPage:
    body = [
        ("text", {"heading": heading, "text": "".join(f"<p>{line}</p>" for line in lines)})
        for heading, lines in page["body"]
    ]
    return StandardPage(
        title=page["title"], slug=page["slug"], lead=page["lead"], search_description=page["lead"], body=body
    )
