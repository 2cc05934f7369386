"""The list of children: narrowed by its address, or what a posted search finds; and the list as a sealed spreadsheet."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.exports import SealForm, sealed_download
from xinqiao.school.children.export import export_children
from xinqiao.school.children.finding import found_by, narrowed
from xinqiao.school.pages.answers import page
from xinqiao.school.pages.forms import NarrowForm
from xinqiao.school.sight import staff_only

A_PAGE = 50


@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def children(request: HttpRequest) -> HttpResponse:
    """A name is posted, so that it stands in no address, no history and no log; so is the number of a page of its results."""
    form = NarrowForm(request.GET, sight=request.sight)
    text = request.POST.get("q", "").strip()[:40]
    found = found_by(request.sight, text, form.wanted) if text else narrowed(request.sight, form.wanted)
    number = (request.POST if text else request.GET).get("page")
    page_obj = Paginator(found, A_PAGE).get_page(number)
    context = {"form": form, "wanted": form.wanted, "text": text, "page_obj": page_obj}
    return page(request, "school/directory/children.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.MANAGE_DIRECTORY)
@needs_fresh(Fresh.EXPORT)
@staff_only
def children_export(request: HttpRequest) -> HttpResponse:
    """First what it is for and the password; then the list as it is narrowed in the address, sealed."""
    wanted = NarrowForm(request.GET, sight=request.sight).wanted
    found = narrowed(request.sight, wanted).visible_by(request.sight.managed)
    seal = SealForm(request.POST if request.method == "POST" else None)
    if seal.is_bound and seal.is_valid():
        purpose = seal.cleaned_data["purpose"]
        book = export_children(sight=request.sight, children=found, wanted=wanted, purpose=purpose)
        name = _("children-%(day)s.xlsx") % {"day": timezone.localdate().isoformat()}
        return sealed_download(book, password=seal.cleaned_data["password"], filename=name)
    context = {"seal": seal, "total": found.count()}
    return page(request, "school/directory/children_export.html", context, status=422 if seal.errors else 200)
