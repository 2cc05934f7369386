"""Addresses of training beside its Wagtail pages; these come first, so no course may take their names."""

from django.urls import path

from training.views import certificates, learner, managers, quiz, verify

app_name = "training"

urlpatterns = [
    path("training/courses/<int:pk>/join/", learner.join, name="join"),
    path("training/courses/<int:pk>/quiz/", quiz.quiz_start, name="quiz_start"),
    path("training/lessons/<int:pk>/step/", learner.lesson_step, name="lesson_step"),
    path("training/quiz/<uuid:attempt_id>/", quiz.quiz, name="quiz"),
    path("training/quiz/<uuid:attempt_id>/save/", quiz.quiz_save, name="quiz_save"),
    path("training/completion/", managers.completion, name="completion"),
    path("training/completion/export/", managers.completion_export, name="completion_export"),
    path("training/assign/", managers.assign, name="assign"),
    path("training/certificates/<uuid:certificate_id>/", certificates.certificate, name="certificate"),
    path("training/certificates/<uuid:certificate_id>/pdf/", certificates.certificate_pdf_file, name="certificate_pdf"),
    path(
        "training/certificates/<uuid:certificate_id>/picture/",
        certificates.certificate_picture_file,
        name="certificate_picture",
    ),
    path("training/certificates/<uuid:certificate_id>/revoke/", managers.certificate_revoke, name="certificate_revoke"),
    path("certificates/verify/", verify.certificate_lookup, name="certificate_lookup"),
    path("certificates/verify/<str:code>/", verify.certificate_verify, name="certificate_verify"),
]
