"""Addresses of the notice's versions and of its keeping; `/privacy/` itself is the public page."""

from django.urls import path

from xinqiao.privacy.views import assessment, notice

app_name = "privacy"

_ONE = "assessment/<uuid:assessment_id>/"

urlpatterns = [
    path("notice/<uuid:notice_id>/", notice.version, name="notice"),
    path("manage/", notice.manage, name="manage"),
    path("manage/publish/", notice.publish, name="publish"),
    path("assessment/", assessment.assessments, name="assessments"),
    path("assessment/new/", assessment.begin, name="assessment_begin"),
    path(_ONE, assessment.assessment, name="assessment"),
    path(_ONE + "sign/", assessment.sign, name="assessment_sign"),
    path(_ONE + "assessment.pdf", assessment.pdf, name="assessment_pdf"),
    path(_ONE + "picture-<int:page>.png", assessment.picture, name="assessment_picture"),
]
