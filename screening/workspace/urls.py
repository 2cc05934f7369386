"""Addresses of the day's page and of the list of cases."""

from django.urls import path

from screening.workspace.views import cases, workspace

urlpatterns = [
    path("workspace/", workspace.workspace, name="workspace"),
    path("cases/", cases.cases, name="cases"),
    path("cases/export/", cases.export, name="cases_export"),
]
