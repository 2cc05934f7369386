"""Addresses of identity numbers: none of them ever holds one."""

from django.urls import path

from xinqiao.identities import views

app_name = "identities"

urlpatterns = [
    path("", views.home, name="home"),
    path("decide/", views.decide, name="decide"),
    path("find/", views.find, name="find"),
    path("<int:student_id>/", views.child, name="child"),
    path("<int:student_id>/show/", views.show, name="show"),
    path("<int:student_id>/write/", views.write, name="write"),
    path("<int:student_id>/delete/", views.remove, name="remove"),
]
