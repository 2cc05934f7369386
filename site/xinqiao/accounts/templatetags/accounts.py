"""What a form of a logged-in person carries."""

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString

from xinqiao.accounts.form_owner import FIELD, owner_token

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
