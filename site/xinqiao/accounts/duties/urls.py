"""The duties' pages, below /directory/appointments/."""

from django.urls import path

from xinqiao.accounts.duties import run_views, views

urlpatterns = [
    path("", views.appointments, name="appointments"),
    path("duties.xlsx", views.export, name="appointments_export"),
    path("give/", views.give, name="appointments_give"),
    path("copy/", views.copy, name="appointments_copy"),
    path("import/", run_views.hand_in, name="appointments_import"),
    path("import/template.xlsx", run_views.template, name="appointments_template"),
    path("run/<uuid:run_id>/", run_views.run, name="appointments_run"),
    path("run/<uuid:run_id>/confirm/", run_views.confirm, name="appointments_run_confirm"),
    path("run/<uuid:run_id>/drop/", run_views.drop, name="appointments_run_drop"),
    path("run/<uuid:run_id>/undo/", run_views.undo, name="appointments_run_undo"),
    path("<int:appointment_id>/", views.appointment, name="appointment"),
    path("<int:appointment_id>/end/", views.end, name="appointment_end"),
    path("<int:appointment_id>/withdraw/", views.withdraw, name="appointment_withdraw"),
    path("<int:appointment_id>/substitute/", views.substitute, name="appointment_substitute"),
]
