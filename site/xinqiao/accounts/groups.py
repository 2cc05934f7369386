"""Wagtail asks groups; the school gives duties. This keeps the three groups equal to the duties in force.

`ensure_groups()` says what each group may in Wagtail; `sync_groups(user)` who is in it. Both may run at any time and change
only what differs: after each appointment, at each login, each night, and by `manage.py set_up_groups`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.urls import reverse
from wagtail.admin.viewsets import viewsets
from wagtail.contrib.settings.registry import registry as settings_registry
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site

from xinqiao.accounts.enums import Role

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

log = structlog.get_logger(__name__)

EDITORS, TRAINERS, ADMINISTRATORS = "editors", "trainers", "administrators"
GROUP_OF_ROLE = {Role.EDITOR: EDITORS, Role.TRAINER: TRAINERS, Role.ADMINISTRATOR: ADMINISTRATORS}

# Whose records each group keeps in the admin, by app. The administrators keep all of them.
_APPS = {EDITORS: frozenset({"content", "parents"}), TRAINERS: frozenset({"training"}), ADMINISTRATORS: None}
_WRITES = ("add", "change", "publish")
_PAGE_ACTS = {EDITORS: _WRITES, TRAINERS: _WRITES, ADMINISTRATORS: (*_WRITES, "lock", "unlock")}
# Groups are this module's, sites and workflows the installation's, and what a person read or did is the trail's.
_NOT_BY_HAND = frozenset({"auth.group", "wagtailcore.site", "wagtailcore.locale"})
# Deleting a person would take the names off what they did: they are made inactive instead.
_NEVER = frozenset({"accounts.delete_user", "accounts.delete_appointment", "accounts.change_appointment"})
_WAGTAILS_OWN_GROUPS = ("Editors", "Moderators")


@dataclasses.dataclass(frozen=True)
class Keeper:
    """What one group may."""

    name: str
    permissions: frozenset[int]
    pages: frozenset[tuple[int, int]]
    collections: frozenset[tuple[int, int]]


@transaction.atomic
def ensure_groups() -> dict[str, int]:
    """Give each group what it needs and nothing else. Returns how many permissions were given or taken, by group."""
    Group.objects.filter(name__in=_WAGTAILS_OWN_GROUPS, user__isnull=True).delete()
    return {name: _ensure(_wanted(name)) for name in (EDITORS, TRAINERS, ADMINISTRATORS)}


def sync_groups(user: User) -> bool:
    """Put the person into the groups of the duties held today and out of the others. Returns whether anything changed."""
    user.__dict__.pop("_appointments_by_day", None)
    wanted = {GROUP_OF_ROLE[role] for role in user.roles() if role in GROUP_OF_ROLE} if user.is_active else set()
    held = set(user.groups.filter(name__in=GROUP_OF_ROLE.values()).values_list("name", flat=True))
    if wanted == held:
        return False
    user.groups.remove(*Group.objects.filter(name__in=held - wanted))
    user.groups.add(*(Group.objects.get_or_create(name=name)[0] for name in wanted - held))
    log.info("accounts.groups_changed", user=user.pk, given=sorted(wanted - held), taken=sorted(held - wanted))
    return True


def sync_all() -> int:
    """Everybody who is in a group or holds a duty that gives one. Returns for how many something changed."""
    # The manager's model is asked of the relation, so that this module needs no import of models.
    users = Group.user_set.rel.related_model.objects.filter(
        models.Q(groups__name__in=GROUP_OF_ROLE.values()) | models.Q(appointments__role__in=GROUP_OF_ROLE)
    ).distinct()
    return sum(sync_groups(user) for user in users.iterator())


def _wanted(name: str) -> Keeper:
    return Keeper(name=name, permissions=_permissions(name), pages=_pages(name), collections=_collections(name))


def _permissions(name: str) -> frozenset[int]:
    found = {_permission("wagtailadmin", "access_admin").pk}
    for model in kept_models():
        if model._meta.label_lower in _NOT_BY_HAND or not _keeps(name, model):
            continue
        for permission in Permission.objects.filter(content_type=ContentType.objects.get_for_model(model)):
            if f"{model._meta.app_label}.{permission.codename}" not in _NEVER:
                found.add(permission.pk)
    return frozenset(found)


def kept_models() -> set[type[models.Model]]:
    """The models that have screens in the admin of their own: snippets, viewsets, settings."""
    # Wagtail fills its list of viewsets when its addresses are first asked for, which a command never does.
    reverse("wagtailadmin_home")
    shown = {getattr(viewset, "model", None) for viewset in viewsets.viewsets} | set(settings_registry)
    return {
        model
        for model in shown
        if isinstance(model, type) and issubclass(model, models.Model) and not issubclass(model, Page)
    }


def _keeps(name: str, model: type[models.Model]) -> bool:
    apps = _APPS[name]
    if apps is None:
        return True
    # What holds for the whole site (the school's name, the hotlines) is the administrators'.
    return model._meta.app_label in apps and model not in settings_registry


def _pages(name: str) -> frozenset[tuple[int, int]]:
    return frozenset(
        (page.pk, _permission("wagtailcore", f"{act}_page").pk) for page in _places(name) for act in _PAGE_ACTS[name]
    )


def _places(name: str) -> Iterable[Page]:
    """Where in the tree the group writes; what lies below follows."""
    if name == ADMINISTRATORS:
        return Page.objects.filter(depth=1)
    homes = Page.objects.filter(pk__in=Site.objects.values("root_page"))
    if name == EDITORS:
        return homes
    training = Page.objects.filter(slug="training")
    return [page for page in training if any(page.is_child_of(home) for home in homes)]


def _collections(_group: str) -> frozenset[tuple[int, int]]:
    root = Collection.get_first_root_node()
    if root is None:
        raise ImproperlyConfigured("Wagtail's first collection is missing: run `manage.py migrate` first.")
    return frozenset(
        # Wagtail asks for the rights of its own models, whichever models the site uses.
        (root.pk, _permission(app, f"{act}_{name}").pk)
        for app, name in (("wagtailimages", "image"), ("wagtaildocs", "document"))
        for act in ("add", "change", "choose")
    )


def _permission(app: str, codename: str) -> Permission:
    try:
        return Permission.objects.get(content_type__app_label=app, codename=codename)
    except Permission.DoesNotExist:
        raise ImproperlyConfigured(f"The permission {app}.{codename} is missing: run `manage.py migrate`.") from None


def _ensure(wanted: Keeper) -> int:
    group, _made = Group.objects.get_or_create(name=wanted.name)
    held = set(group.permissions.values_list("pk", flat=True))
    changed = len(held ^ wanted.permissions)
    if changed:
        group.permissions.set(wanted.permissions)
    for model, field, pairs in (
        (GroupPagePermission, "page_id", wanted.pages),
        (GroupCollectionPermission, "collection_id", wanted.collections),
    ):
        rows = {(getattr(row, field), row.permission_id): row.pk for row in model.objects.filter(group=group)}
        model.objects.filter(pk__in=[pk for pair, pk in rows.items() if pair not in pairs]).delete()
        model.objects.bulk_create(
            model(group=group, **{field: place}, permission_id=permission) for place, permission in pairs - rows.keys()
        )
        changed += len(rows.keys() ^ pairs)
    return changed
