"""What a form of a logged-in person carries, and what the house is called."""

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString

from xinqiao.accounts.form_owner import FIELD, owner_token
from xinqiao.school.models import School

register = template.Library()


@register.simple_tag(takes_context=True)
def form_owner(context: RequestContext) -> SafeString | str:
    """A hidden input beside `{% csrf_token %}`: if the session ends, what was typed is kept for this person."""
    user = context["request"].user
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, owner_token(user)) if user.pk else ""


@register.simple_tag(takes_context=True)
def form_owner_token(context: RequestContext) -> str:
    """The bare note, for a script that posts by `fetch` and sends it as the header X-Form-Owner."""
    user = context["request"].user
    return owner_token(user) if user.pk else ""


@register.simple_tag
def house_name() -> str:
    """The product's name, and the school's where one is entered: for Wagtail's admin."""
    school = School.objects.order_by("pk").values_list("short_name", flat=True).first()
    return f"{settings.WAGTAIL_SITE_NAME} · {school}" if school else settings.WAGTAIL_SITE_NAME
