"""`/cases/`: the list, a search in it, and the list as a spreadsheet."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from screening.workspace.case_export import export_cases, require_to_take_out, taken_out
from screening.workspace.case_list import CaseList
from screening.workspace.forms import NarrowForm
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.exports import SealForm, sealed_download

A_PAGE = 25
FOUND_AT_MOST = 50


@never_cache
@needs(Capability.READ_CASE)
@require_http_methods(["GET", "POST"])
def cases(request: HttpRequest) -> HttpResponse:
    """The list narrowed by its address, or what a posted search finds: a name must not stand in an address."""
    case_list = CaseList(request.user)
    form = NarrowForm(request.GET, case_list=case_list)
    context = {"case_list": case_list, "form": form, "wanted": form.wanted}
    text = request.POST.get("q", "").strip()[:40]
    if request.method == "POST" and text:
        found = list(case_list.search(text)[: FOUND_AT_MOST + 1])
        context |= {
            "text": text,
            "lines": [case_list.line(case) for case in found[:FOUND_AT_MOST]],
            "more": len(found) > FOUND_AT_MOST,
        }
    else:
        page = Paginator(case_list.narrowed(form.wanted), A_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "lines": [case_list.line(case) for case in page]}
    return render(request, "screening_workspace/cases.html", context)


@never_cache
@sensitive_post_parameters("password")
@needs(Capability.READ_CASE)
@needs_fresh(Fresh.EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """First what it is for and the password; then the list as it is narrowed in the address, sealed."""
    require_to_take_out(request.user)
    case_list = CaseList(request.user)
    wanted = NarrowForm(request.GET, case_list=case_list).wanted
    seal = SealForm(request.POST if request.method == "POST" else None)
    if seal.is_bound and seal.is_valid():
        book = export_cases(case_list=case_list, wanted=wanted, purpose=seal.cleaned_data["purpose"])
        name = _("cases-%(day)s.xlsx") % {"day": case_list.today.isoformat()}
        return sealed_download(book, password=seal.cleaned_data["password"], filename=name)
    context = {"case_list": case_list, "seal": seal, "total": taken_out(case_list, wanted).count()}
    return render(request, "screening_workspace/cases_export.html", context, status=422 if seal.errors else 200)
