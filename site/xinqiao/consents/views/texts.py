"""The wordings: what guardians are told today, what they were told before, bringing out another; what the school requires."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import needs, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.consents.effects import goes_on, stops
from xinqiao.consents.errors import Refused
from xinqiao.consents.forms import RequiredForm, TextForm
from xinqiao.consents.kinds import KINDS, kind_of
from xinqiao.consents.models import ConsentRule, ConsentText
from xinqiao.consents.safety import set_required
from xinqiao.consents.texts import as_plain, from_plain, publish_text, words_for
from xinqiao.school.models import School


@never_cache
@needs(Capability.MANAGE_PRIVACY)
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    school = _school(request)
    rule = ConsentRule.objects.filter(school=school).first()
    newest: dict[str, ConsentText] = {}
    for each in ConsentText.objects.published().filter(school=school).order_by("published_at"):
        newest[each.kind] = each
    context = {
        "school": school,
        "parts": [{"kind": kind, "newest": newest.get(key)} for key, kind in KINDS.items()],
        "form": RequiredForm(initial={"required": rule.required if rule else []}),
    }
    return render(request, "consents/texts.html", context)


@never_cache
@needs(Capability.MANAGE_PRIVACY)
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, kind: str) -> HttpResponse:
    school = _school(request)
    sections = words_for(school, kind)
    form = TextForm(request.POST or None, initial={"text": as_plain(sections)})
    if request.method == "POST" and form.is_valid():
        try:
            made = publish_text(
                user=request.user,
                school=school,
                kind=kind,
                sections=from_plain(form.cleaned_data["text"]),
                asks_again=form.cleaned_data["asks_again"],
                change=form.cleaned_data["change"],
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Version %(version)s is out. It stays as it is.") % {"version": made.version})
            return redirect("consents:text", kind)
    context = {
        "school": school,
        "kind": kind_of(kind),
        "sections": sections,
        "form": form,
        "earlier": ConsentText.objects.published()
        .filter(school=school, kind=kind)
        .select_related("published_by")
        .order_by("-published_at"),
        "stops": stops(kind),
        "goes_on": goes_on(kind),
    }
    return render(request, "consents/text.html", context, status=422 if form.errors else 200)


@needs(Capability.MANAGE_PRIVACY)
@require_POST
def rules(request: HttpRequest) -> HttpResponse:
    form = RequiredForm(request.POST)
    if form.is_valid():
        set_required(user=request.user, school=_school(request), kinds=form.cleaned_data["required"])
        messages.success(request, _("Saved. It holds from now on."))
    else:
        messages.error(request, _("This cannot be required."))
    return redirect("consents:texts")


def _school(request: HttpRequest) -> School:
    schools = School.objects.filter(pk__in=reach(request.user, Capability.MANAGE_PRIVACY).schools)
    return get_object_or_404(schools.order_by("pk")[:1])
