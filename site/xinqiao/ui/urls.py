"""Choosing a language, and the living page of components, which is only there in demo mode."""

from django.conf import settings
from django.urls import path

from xinqiao.ui import components, csp_reports, language

urlpatterns = [
    path("language/<slug:code>/", language.choose, name="choose_language"),
    path("csp-reports/", csp_reports.report, name="csp_reports"),
]
if settings.DEMO:
    urlpatterns.append(path("components/", components.page, name="components"))
