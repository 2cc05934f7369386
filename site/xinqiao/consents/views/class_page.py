"""One class and kind: each child with what holds; the signed slips that came back; the spreadsheet."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from xinqiao.accounts.access import needs, require
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.fresh import Fresh, needs_fresh
from xinqiao.consents.answer import record_paper
from xinqiao.consents.enums import Standing
from xinqiao.consents.errors import Refused
from xinqiao.consents.export import export_answers
from xinqiao.consents.forms import PaperForm
from xinqiao.consents.kinds import Kind, kind_of
from xinqiao.consents.reading import SHOWN, classes_to_collect, lines_of
from xinqiao.exports import SealForm, sealed_download
from xinqiao.school.models import Guardianship, SchoolClass


@never_cache
@needs(Capability.COLLECT_CONSENT, Capability.RECORD_CONSENT)
@require_safe
def class_page(request: HttpRequest, kind: str, class_id: int) -> HttpResponse:
    found, school_class = _place(request, kind, class_id)
    lines = lines_of(school_class, found, timezone.localdate())
    counts = Counter(line.picture.standing for line in lines)
    wanted = request.GET.get("state", "")
    context = {
        "kind": found,
        "school_class": school_class,
        "lines": [line for line in lines if not wanted or line.picture.standing == wanted],
        "counts": [(standing, counts[standing]) for standing in SHOWN if counts[standing]],
        "children": len(lines),
        "answered": len(lines) - counts[Standing.OPEN] - counts[Standing.NOT_ASKED] - counts[Standing.EXPIRED],
        "waiting": counts[Standing.OPEN],
        "not_asked": counts[Standing.NOT_ASKED] + counts[Standing.EXPIRED],
        "wanted": wanted,
    }
    return render(request, "consents/class_page.html", context)


@never_cache
@needs(Capability.COLLECT_CONSENT, Capability.RECORD_CONSENT)
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, kind: str, class_id: int) -> HttpResponse:
    """Tick the slips that came back; the others stay open."""
    found, school_class = _place(request, kind, class_id)
    lines = [line for line in lines_of(school_class, found, timezone.localdate()) if line.picture.open is not None]
    ties: dict[int, list[Guardianship]] = defaultdict(list)
    for tie in (
        Guardianship.objects.filter(student__in=[line.student.pk for line in lines], restricted=False)
        .select_related("guardian")
        .order_by("pk")
    ):
        ties[tie.student_id].append(tie)
    form = PaperForm(
        request.POST or None,
        waiting={line.student.pk: ties[line.student.pk] for line in lines},
        initial={"signed_on": timezone.localdate(), "evidence": _("In the class's folder for consents")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            written = record_paper(
                user=request.user,
                school_class=school_class,
                kind=kind,
                answers=form.answers,
                signed_on=form.cleaned_data["signed_on"],
                evidence=form.cleaned_data["evidence"],
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            done = ngettext("%(count)d answer is written down.", "%(count)d answers are written down.", written)
            messages.success(request, done % {"count": written})
            return redirect("consents:class_page", kind, school_class.pk)
    rows = [_paper_row(line, ties[line.student.pk], request.POST) for line in lines]
    context = {"kind": found, "school_class": school_class, "form": form, "rows": rows}
    return render(request, "consents/paper.html", context, status=422 if form.errors else 200)


def _paper_row(line: Any, ties: list[Guardianship], posted: Any) -> dict[str, Any]:
    pk = line.student.pk
    return {
        "student": line.student,
        "ties": ties,
        "said": posted.get(f"a-{pk}", ""),
        "who": posted.get(f"g-{pk}", ""),
    }


@never_cache
@sensitive_post_parameters("password")
@needs(Capability.COLLECT_CONSENT, Capability.RECORD_CONSENT)
@needs_fresh(Fresh.EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def export_class(request: HttpRequest, kind: str, class_id: int) -> HttpResponse:
    found, school_class = _place(request, kind, class_id)
    return _sealed(request, found, school_class)


@never_cache
@sensitive_post_parameters("password")
@needs(Capability.COLLECT_CONSENT, Capability.RECORD_CONSENT)
@needs_fresh(Fresh.EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def export_all(request: HttpRequest, kind: str) -> HttpResponse:
    found = kind_of(kind)
    require(request.user, found.asked_with)
    return _sealed(request, found, None)


def _sealed(request: HttpRequest, kind: Kind, school_class: SchoolClass | None) -> HttpResponse:
    """First what it is for and the password; then the answers, sealed."""
    seal = SealForm(request.POST if request.method == "POST" else None)
    if seal.is_bound and seal.is_valid():
        book = export_answers(
            user=request.user, kind=kind, school_class=school_class, purpose=seal.cleaned_data["purpose"]
        )
        return sealed_download(book, password=seal.cleaned_data["password"], filename=f"consents-{kind.key.value}.xlsx")
    context = {"kind": kind, "school_class": school_class, "seal": seal}
    return render(request, "consents/export.html", context, status=422 if seal.errors else 200)


def _place(request: HttpRequest, kind: str, class_id: int) -> tuple[Kind, SchoolClass]:
    found = kind_of(kind)
    return found, get_object_or_404(classes_to_collect(request.user, found), pk=class_id)
