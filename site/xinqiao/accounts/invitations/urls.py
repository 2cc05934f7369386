"""Inviting guardians: below /directory/invitations/."""

from django.urls import path

from xinqiao.accounts.invitations import views

_CLASS = "classes/<int:class_id>/"
_CHILD = "children/<int:student_id>/"
_LETTERS = "letters/<uuid:printing>/"

urlpatterns = [
    path("", views.classes, name="invitations"),
    path(_CLASS, views.school_class, name="invitations_class"),
    path(_CLASS + "letters/", views.make_for_class, name="invitations_make"),
    path(_CHILD, views.child, name="invitations_child"),
    path(_CHILD + "letter/", views.make_for_child, name="invitations_make_one"),
    path(_CHILD + "mail/", views.mail, name="invitations_mail"),
    path(_LETTERS, views.letters, name="invitation_letters"),
    path(_LETTERS + "letters.pdf", views.letters_pdf, name="invitation_letters_pdf"),
    path(_LETTERS + "<int:page>.png", views.letters_page, name="invitation_letters_page"),
    path("<uuid:invitation_id>/revoke/", views.revoke_one, name="invitation_revoke"),
]
