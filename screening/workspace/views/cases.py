"""`/cases/`: the list, a search in it, and the list as a spreadsheet."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from screening.workspace.case_export import export_cases
from screening.workspace.case_list import CaseList
from screening.workspace.forms import NarrowForm
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability

A_PAGE = 25
FOUND_AT_MOST = 50
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
@needs(Capability.READ_CASE)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    case_list = CaseList(request.user)
    form = NarrowForm(request.GET, case_list=case_list)
    book = export_cases(case_list=case_list, wanted=form.wanted)
    response = HttpResponse(book, content_type=_XLSX)
    name = _("cases-%(day)s.xlsx") % {"day": case_list.today.isoformat()}
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
