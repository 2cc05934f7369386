"""What a form of a logged-in person carries, and what the house is called."""

from django import template
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.html import format_html
from django.utils.http import urlsafe_base64_encode
from django.utils.safestring import SafeString

from xinqiao.accounts.form_owner import FIELD, owner_token
from xinqiao.accounts.last_login import last_login
from xinqiao.accounts.models import User
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


@register.simple_tag(takes_context=True)
def last_login_before(context: RequestContext) -> dict[str, object] | None:
    """`at` and `address` of the login before this one, from the session: for the name's menu."""
    request = context.get("request")
    return last_login(request) if request is not None and hasattr(request, "session") else None


@register.simple_tag
def new_password_path(person: int) -> str:
    """The way to a new password, made while the mail is written: the token lies in no order and in no table."""
    user = User.objects.get(pk=person)
    uid, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    return reverse("password_by_mail", args=[uid, token])


@register.simple_tag
def house_name() -> str:
    """The product's name, and the school's where one is entered: for Wagtail's admin."""
    school = School.objects.order_by("pk").values_list("short_name", flat=True).first()
    return f"{settings.WAGTAIL_SITE_NAME} · {school}" if school else settings.WAGTAIL_SITE_NAME
