"""Addresses of the second stage."""

from django.urls import path

from screening.assessments.views import assessment, waiting

urlpatterns = [
    path("assessments/", waiting.assessments, name="assessments"),
    path("assessments/pick/<uuid:response_id>/", waiting.pick, name="pick"),
    path("assessments/pick-child/<int:student_id>/", waiting.pick_any, name="pick_child"),
    path("assessments/<uuid:assessment_id>/", assessment.assessment, name="assessment"),
]
