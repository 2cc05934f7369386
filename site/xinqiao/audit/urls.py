"""The trail, for the principal."""

from django.urls import path

from xinqiao.audit import views

urlpatterns = [
    path("", views.trail, name="audit_trail"),
    path("children/<int:student_id>/", views.child, name="audit_child"),
]
