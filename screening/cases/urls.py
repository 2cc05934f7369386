"""Addresses of a case. Its list stands in `workspace`."""

from django.urls import path

from screening.cases.views import case

urlpatterns = [
    path("cases/<uuid:case_id>/", case.case, name="case"),
]
