"""Addresses of the loop: each step keeps its own in its folder; the names share one namespace."""

from django.urls import include, path

app_name = "screening"

urlpatterns = [
    path("", include("screening.rounds.urls")),
    path("", include("screening.workspace.urls")),
    path("", include("screening.assessments.urls")),
    path("", include("screening.cases.urls")),
    path("", include("screening.referrals.urls")),
]
