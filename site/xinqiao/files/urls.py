"""Addresses of papers: nothing of whose they are stands in one."""

from django.urls import path

from xinqiao.files import views

app_name = "files"

urlpatterns = [
    path("add/<slug:kind>/<uuid:owner_id>/", views.add, name="add"),
    path("<uuid:paper_id>/", views.paper, name="paper"),
    path("<uuid:paper_id>/pages/<int:page>/", views.page, name="page"),
    path("<uuid:paper_id>/download/", views.download, name="download"),
    path("<uuid:paper_id>/take-away/", views.remove, name="remove"),
    path("<uuid:paper_id>/bring-back/", views.restore, name="restore"),
]
