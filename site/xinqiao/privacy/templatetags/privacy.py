"""The schools' notices on the public page."""

from typing import Any

from django import template

from xinqiao.privacy.notice import newest_notices

register = template.Library()


@register.inclusion_tag("privacy/_public.html")
def public_notices() -> dict[str, Any]:
    """One school's notice in full; of several, a way to each."""
    return {"notices": newest_notices()}
