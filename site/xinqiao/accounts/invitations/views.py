"""Inviting guardians, for homeroom teachers and the administrator: classes, children, letters, mails."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tasks.pdf import UnshowableCharacter
from xinqiao.accounts.access import needs
from xinqiao.accounts.capabilities import Capability
from xinqiao.accounts.invitations import letters as papers
from xinqiao.accounts.invitations.errors import LettersGone
from xinqiao.accounts.invitations.forms import DaysForm, LettersForm, MailForm
from xinqiao.accounts.invitations.make import mail_invitation, make_letter, make_letters, revoke
from xinqiao.accounts.invitations.models import Invitation
from xinqiao.accounts.invitations.progress import ChildLine, child_lines, class_lines
from xinqiao.refused import Refused
from xinqiao.school.models import SchoolClass, Student

_INVITES = Capability.INVITE_GUARDIANS


@never_cache
@needs(_INVITES)
@require_safe
def classes(request: HttpRequest) -> HttpResponse:
    lines = class_lines(request.user)
    if len(lines) == 1:
        return redirect("directory:invitations_class", lines[0].school_class.pk)
    context = {
        "lines": lines,
        "children": sum(line.children for line in lines),
        "with_joined": sum(line.with_joined for line in lines),
    }
    return render(request, "accounts/invitations/classes.html", context)


_SHOWN: dict[str, Callable[[ChildLine], bool]] = {
    "": lambda line: True,
    "missing": lambda line: not line.joined,
    "attention": lambda line: line.needs_letter,
}


def _class_for(request: HttpRequest, class_id: int) -> SchoolClass:
    found = SchoolClass.objects.within(request.user, _INVITES).select_related("grade__school")
    return get_object_or_404(found, pk=class_id)


def _student_for(request: HttpRequest, student_id: int) -> Student:
    found = Student.objects.within(request.user, _INVITES).select_related("current_class__grade", "school")
    return get_object_or_404(found, pk=student_id)


@never_cache
@needs(_INVITES)
@require_safe
def school_class(request: HttpRequest, class_id: int) -> HttpResponse:
    return _class_page(request, _class_for(request, class_id), LettersForm())


def _class_page(request: HttpRequest, of: SchoolClass, form: LettersForm, *, status: int = 200) -> HttpResponse:
    lines = child_lines(of)
    show = request.GET.get("show", "")
    context = {
        "school_class": of,
        "lines": lines,
        "shown": [line for line in lines if _SHOWN.get(show, _SHOWN[""])(line)],
        "show": show if show in _SHOWN else "",
        "tabs": [("", _("All")), ("missing", _("Nobody has joined")), ("attention", _("Needs a new letter"))],
        "form": form,
        "with_joined": sum(bool(line.joined) for line in lines),
        "open": sum(line.is_open for line in lines),
        "alone": sum(line.restricted for line in lines),
    }
    return render(request, "accounts/invitations/class.html", context, status=status)


@never_cache
@needs(_INVITES)
@require_POST
def make_for_class(request: HttpRequest, class_id: int) -> HttpResponse:
    of = _class_for(request, class_id)
    form = LettersForm(request.POST)
    if not form.is_valid():
        return _class_page(request, of, form, status=422)
    days = form.cleaned_data["days"]
    return _printed(
        request,
        reverse("directory:invitations_class", args=[of.pk]),
        lambda: make_letters(
            by=request.user,
            school_class=of,
            everybody=form.cleaned_data["who"] == "everybody",
            days=days,
            render=papers.render_letters(of.grade.school, days),
        ),
    )


@never_cache
@needs(_INVITES)
@require_POST
def make_for_child(request: HttpRequest, student_id: int) -> HttpResponse:
    student = _student_for(request, student_id)
    form = DaysForm(request.POST)
    if not form.is_valid():
        return _child_page(request, student, days=form, status=422)
    days = form.cleaned_data["days"]
    return _printed(
        request,
        reverse("directory:invitations_child", args=[student.pk]),
        lambda: make_letter(
            by=request.user, student=student, days=days, render=papers.render_letters(student.school, days)
        ),
    )


def _printed(request: HttpRequest, back: str, make: Callable[[], tuple[uuid.UUID, bytes]]) -> HttpResponse:
    try:
        printing, pdf = make()
    except UnshowableCharacter as error:
        words = _("No font of ours has the character “%(character)s”. Please write the name in another way.")
        messages.error(request, words % {"character": error.character})
        return redirect(back)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)
    papers.keep(printing, pdf, of=request.user, back=back)
    return redirect("directory:invitation_letters", printing)


@never_cache
@needs(_INVITES)
@require_safe
def letters(request: HttpRequest, printing: uuid.UUID) -> HttpResponse:
    """To print, or page by page as pictures for a telephone."""
    try:
        found = papers.kept(printing, of=request.user)
    except LettersGone as gone:
        return render(request, "accounts/invitations/letters_gone.html", {"sentence": str(gone)}, status=404)
    context = {"printing": printing, "pages": range(1, found["pages"] + 1), "back": found["back"]}
    return render(request, "accounts/invitations/letters.html", context)


def _kept(request: HttpRequest, printing: uuid.UUID) -> dict:
    try:
        return papers.kept(printing, of=request.user)
    except LettersGone as gone:
        raise Http404 from gone


def _file(content: bytes, kind: str, name: str, *, download: bool) -> HttpResponse:
    """Named by its printing: a child's name does not belong into download lists."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{"attachment" if download else "inline"}; filename="{name}"'
    return response


@never_cache
@needs(_INVITES)
@require_safe
def letters_pdf(request: HttpRequest, printing: uuid.UUID) -> HttpResponse:
    pdf = _kept(request, printing)["pdf"]
    name = f"letters-{str(printing)[:8]}.pdf"
    return _file(pdf, "application/pdf", name, download="show" not in request.GET)


@never_cache
@needs(_INVITES)
@require_safe
def letters_page(request: HttpRequest, printing: uuid.UUID, page: int) -> HttpResponse:
    found = _kept(request, printing)
    if not 1 <= page <= found["pages"]:
        raise Http404
    name = f"letters-{str(printing)[:8]}-{page}.png"
    return _file(papers.picture(found["pdf"], page), "image/png", name, download="download" in request.GET)


@never_cache
@needs(_INVITES)
@require_safe
def child(request: HttpRequest, student_id: int) -> HttpResponse:
    return _child_page(request, _student_for(request, student_id))


def _child_page(
    request: HttpRequest,
    student: Student,
    *,
    days: DaysForm | None = None,
    mail: MailForm | None = None,
    status: int = 200,
) -> HttpResponse:
    ties = list(student.guardianships.select_related("guardian").order_by("pk"))
    context = {
        "student": student,
        "ties": ties,
        "restricted": any(tie.restricted for tie in ties),
        "no_phone": not any(tie.guardian.phone_index for tie in ties if not tie.restricted),
        "invitations": list(
            student.invitations.within(request.user)
            .select_related("made_by")
            .defer("address")
            .order_by("-made_at")[:20]
        ),
        "days_form": days or DaysForm(auto_id="letter_%s"),
        "mail_form": mail or MailForm(auto_id="mail_%s"),
    }
    return render(request, "accounts/invitations/child.html", context, status=status)


@never_cache
@needs(_INVITES)
@require_POST
def mail(request: HttpRequest, student_id: int) -> HttpResponse:
    student = _student_for(request, student_id)
    form = MailForm(request.POST, auto_id="mail_%s")
    if not form.is_valid():
        return _child_page(request, student, mail=form, status=422)
    try:
        mail_invitation(by=request.user, student=student, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The mail is on its way."))
    return redirect("directory:invitations_child", student.pk)


@never_cache
@needs(_INVITES)
@require_POST
def revoke_one(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.within(request.user), pk=invitation_id)
    try:
        revoke(by=request.user, invitation=invitation)
    except Refused as refused:
        messages.info(request, str(refused))
    else:
        messages.success(request, _("Taken back: its code opens nothing any more."))
    return redirect("directory:invitations_child", invitation.student_id)
