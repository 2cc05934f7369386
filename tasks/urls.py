"""Addresses: the demo school's mail. The outbox's pages stand in Wagtail's admin (`wagtail_hooks.py`)."""

from django.urls import path

from tasks import views

app_name = "tasks"

urlpatterns = [
    path("demo/mail/", views.mailbox, name="mailbox"),
    path("demo/mail/<slug:name>/", views.mailbox_mail, name="mailbox_mail"),
    path("demo/mail/<slug:name>/html/", views.mailbox_html, name="mailbox_html"),
    path("demo/mail/<slug:name>/files/<int:number>/", views.mailbox_attachment, name="mailbox_attachment"),
]
