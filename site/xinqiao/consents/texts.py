"""The wordings: which one is in force, what it says, and bringing out a new one. What was once published stays."""

from __future__ import annotations

import datetime
from typing import TypedDict

from django.db import transaction
from django.utils import timezone

from xinqiao.accounts.access import require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.models import User
from xinqiao.audit.trail import record
from xinqiao.consents.enums import ConsentState
from xinqiao.consents.errors import NoChange, NotThisState
from xinqiao.consents.library import TEXTS
from xinqiao.consents.models import Consent, ConsentText
from xinqiao.school.models import School


class Section(TypedDict):
    heading: str
    text: str


def text_in_force(school: School, kind: str, at: datetime.datetime | None = None) -> ConsentText:
    """The school's newest wording at that time; the product's own, with the school's data filled in, where it has none yet."""
    at = at or timezone.now()
    published = ConsentText.objects.published().filter(school=school, kind=kind)
    found = published.filter(published_at__lte=at).order_by("-published_at").first()
    found = found or published.order_by("published_at").first()
    if found is not None:
        return found
    version = next(reversed(TEXTS[kind]))
    made, _new = ConsentText.objects.get_or_create(
        school=school,
        kind=kind,
        version=version,
        defaults={"sections": filled(TEXTS[kind][version], school), "published_at": at},
    )
    return made


def version_on(consent: Consent, at: datetime.datetime) -> str:
    """The wording that was in force when the answer was given; the question's own where none was out yet."""
    found = (
        ConsentText.objects.published()
        .filter(school=consent.school_id, kind=consent.kind, published_at__lte=at)
        .order_by("-published_at")
        .values_list("version", flat=True)
        .first()
    )
    return found or consent.text_version


def words_for(school: School, kind: str, version: str | None = None) -> list[Section]:
    """What a guardian is told under this version, or today; the product's words where the school never published them as a row.

    Nothing is written: a page may ask this.
    """
    texts = ConsentText.objects.published().filter(school=school, kind=kind)
    if version is not None:
        texts = texts.filter(version=version)
    found = texts.order_by("-published_at").first()
    if found is not None:
        return found.sections
    known = TEXTS[kind]
    return filled(known.get(version or "") or known[next(reversed(known))], school)


def filled(sections: list[tuple[str, str]], school: School) -> list[Section]:
    """With the school's name, room and telephone in their places."""
    data = {
        "school": school.name,
        "room": school.counselling_room or "心理咨询室",
        "phone": school.phone or "学校办公室电话",
    }
    return [{"heading": heading, "text": text.format(**data)} for heading, text in sections]


def as_plain(sections: list[Section]) -> str:
    """For an editor's field: headings with ## before them."""
    return "\n\n".join(
        f"## {each['heading']}\n{each['text']}" if each["heading"] else each["text"] for each in sections
    )


def from_plain(text: str) -> list[Section]:
    sections: list[Section] = []
    for line in text.replace("\r\n", "\n").strip().split("\n"):
        if line.startswith("##"):
            sections.append({"heading": line.lstrip("# ").strip(), "text": ""})
        elif not sections:
            sections.append({"heading": "", "text": line})
        else:
            sections[-1]["text"] += ("\n" if sections[-1]["text"] else "") + line
    return [{**each, "text": each["text"].strip()} for each in sections if each["heading"] or each["text"].strip()]


@transaction.atomic
def publish_text(
    *,
    user: User,
    school: School,
    kind: str,
    sections: list[Section],
    asks_again: bool,
    change: str = "",
    now: datetime.datetime | None = None,
) -> ConsentText:
    """Bring out a new wording. Questions without an answer are asked in it from now on.

    Args:
        asks_again: answers to earlier wordings end: what is processed has changed, so guardians are asked anew. Otherwise
            they stay in force: only the words have.

    Raises:
        NotPermitted
        NoChange: the words are those in force.
        NotThisState: somebody has brought one out at the same moment.
    """
    require(user, Capability.MANAGE_PRIVACY, school)
    now = now or timezone.now()
    School.objects.select_for_update(no_key=True).only("pk").get(pk=school.pk)
    before = text_in_force(school, kind, now)
    if before.sections == sections or not sections:
        raise NoChange
    if before.published_at is None or before.published_at > now:
        raise NotThisState
    made = ConsentText.objects.create(
        school=school,
        kind=kind,
        version=_next_version(school, kind, timezone.localdate(now)),
        sections=sections,
        asks_again=asks_again,
        change=change.strip(),
        published_at=now,
        published_by=user,
    )
    moved = Consent.objects.filter(school=school, kind=kind, state=ConsentState.REQUESTED).update(
        text_version=made.version
    )
    record(
        actor=user,
        action="consent.publish_text",
        target=made,
        details={"kind": kind, "text": made.version, "asks_again": asks_again, "children": moved},
    )
    return made


def _next_version(school: School, kind: str, day: datetime.date) -> str:
    """「2026-11」, and 「2026-11b」 for another one in the same month."""
    month = f"{day:%Y-%m}"
    taken = set(
        ConsentText.objects.filter(school=school, kind=kind, version__startswith=month).values_list(
            "version", flat=True
        )
    )
    names = [month, *(f"{month}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")]
    return next((name for name in names if name not in taken), f"{month}-{len(taken)}")
