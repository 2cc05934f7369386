"""Addresses of the first pass."""

from django.urls import path

from screening.rounds.views import child, class_form, manage, overview

_CLASS = "screening/rounds/<uuid:round_id>/classes/<int:class_id>/"

urlpatterns = [
    path("screening/", overview.overview, name="overview"),
    path("screening/rounds/new/", manage.new_round, name="new_round"),
    path("screening/rounds/<uuid:round_id>/due-day/", manage.due_day, name="due_day"),
    path("screening/rounds/<uuid:round_id>/close/", manage.close, name="close_round"),
    path("screening/rounds/<uuid:round_id>/remind/", manage.remind, name="remind"),
    path(_CLASS, class_form.class_form, name="class_form"),
    path(_CLASS + "confirm/", class_form.confirm_one, name="confirm_one"),
    path(_CLASS + "rest/", class_form.rest, name="rest"),
    path(_CLASS + "submit/", class_form.submit, name="submit"),
    path(_CLASS + "students/<int:student_id>/", child.child, name="child"),
    path(_CLASS + "students/<int:student_id>/amend/", child.amend, name="amend"),
]
