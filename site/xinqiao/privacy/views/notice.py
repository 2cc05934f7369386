"""A version of the notice for everybody; the school's own data and publishing for those who keep it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.access import needs, reach
from xinqiao.accounts.capabilities import Capability
from xinqiao.privacy.forms import PublishForm, SettingsForm
from xinqiao.privacy.models import ImpactAssessment, PrivacyNotice
from xinqiao.privacy.notice import content_of, missing, publish_notice, save_settings, settings_of
from xinqiao.refused import Refused
from xinqiao.school.models import School


@require_safe
def version(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Public: what the school said on that day, and which versions there are besides."""
    notice = get_object_or_404(PrivacyNotice.objects.select_related("school"), pk=notice_id)
    others = list(PrivacyNotice.objects.filter(school=notice.school_id).defer("content"))
    context = {"notice": notice, "others": others, "newest": others[0].pk == notice.pk}
    return render(request, "privacy/notice.html", context)


@never_cache
@needs(Capability.MANAGE_PRIVACY)
@require_http_methods(["GET", "POST"])
def manage(request: HttpRequest) -> HttpResponse:
    school = school_of(request)
    row = settings_of(school)
    form = SettingsForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        save_settings(user=request.user, school=school, **form.cleaned_data)
        messages.success(request, _("Saved. The public notice changes when you publish a new version."))
        return redirect("privacy:manage")
    if form.errors:
        row.refresh_from_db() if row.pk else None
    notices = list(PrivacyNotice.objects.filter(school=school).select_related("published_by"))
    content = content_of(school, row)
    context = {
        "school": school,
        "form": form,
        "missing": missing(school, row),
        "notices": notices,
        "content": content,
        "changed": not notices or notices[0].content != content,
        "publish_form": PublishForm(),
        "assessment": ImpactAssessment.objects.filter(school=school).first(),
    }
    return render(request, "privacy/manage.html", context, status=422 if form.errors else 200)


@needs(Capability.MANAGE_PRIVACY)
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    form = PublishForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The sentence is too long."))
        return redirect("privacy:manage")
    try:
        made = publish_notice(user=request.user, school=school_of(request), change=form.cleaned_data["change"])
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Version %(number)d of the notice is public.") % {"number": made.number})
    return redirect("privacy:manage")


def school_of(request: HttpRequest) -> School:
    """The school whose privacy this person keeps."""
    schools = School.objects.filter(pk__in=reach(request.user, Capability.MANAGE_PRIVACY).schools)
    return get_object_or_404(schools.order_by("pk")[:1])
