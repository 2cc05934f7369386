"""The directory's pages."""

from django.urls import include, path

from xinqiao.school import views

app_name = "directory"

urlpatterns = [
    path("", include("xinqiao.school.pages.urls")),
    path("appointments/", include("xinqiao.accounts.duties.urls")),
    path("invitations/", include("xinqiao.accounts.invitations.urls")),
    path("calendar/", include("xinqiao.school.terms.urls")),
    path("import/", views.imports, name="imports"),
    path("import/template.xlsx", views.template, name="template"),
    path("import/<uuid:run_id>/", views.run, name="run"),
    path("import/<uuid:run_id>/decide/", views.decide_run, name="decide"),
    path("import/<uuid:run_id>/confirm/", views.confirm_run, name="confirm"),
    path("import/<uuid:run_id>/drop/", views.drop_run, name="drop"),
    path("import/<uuid:run_id>/errors.xlsx", views.run_errors, name="run_errors"),
    path("import/<uuid:run_id>/undo/", views.undo_run, name="run_undo"),
]
