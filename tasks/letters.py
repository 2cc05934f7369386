"""A mail's words: subject, text and HTML from its templates, in the site's language, with the school's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from xinqiao.school.models import School

if TYPE_CHECKING:
    from xinqiao.accounts.models import User

MAX_SUBJECT = 120


class NoSubject(ValueError):
    """The text template does not extend `tasks/mail/base.txt` with a `{% block subject %}` of one line."""


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


def template_names(template: str) -> tuple[str, str]:
    """`training/certificate` stands for `training/mail/certificate.txt` and `.html`."""
    app, _, name = template.partition("/")
    return f"{app}/mail/{name}.txt", f"{app}/mail/{name}.html"


def render_letter(template: str, context: dict[str, Any], reader: User) -> Letter:
    """Both forms of a mail and its subject. The templates also get the names listed below."""
    text_name, html_name = template_names(template)
    words = get_template(text_name)
    with translation.override(settings.LANGUAGE_CODE):
        shared = {
            **context,
            "reader_name": str(reader),
            "school_name": _school_name(reader),
            "site_url": settings.BASE_URL.rstrip("/"),
            "language": settings.LANGUAGE_CODE,
        }
        subject = " ".join(words.render({**shared, "part": "subject"}).split())
        if not 0 < len(subject) <= MAX_SUBJECT:
            raise NoSubject(text_name)
        text = words.render({**shared, "part": "body"})
        html = get_template(html_name).render({**shared, "subject": subject})
    return Letter(subject=subject, text=_tidy(text), html=html)


def _tidy(text: str) -> str:
    """Without the empty lines that template tags leave behind."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept) + "\n"


def _school_name(reader: User) -> str:
    held = reader.current_appointments()
    if held:
        return held[0].school.name
    school = School.objects.order_by("pk").first()
    return school.name if school else ""
