"""Addresses of a case. Its list stands in `workspace`."""

from django.urls import path

from screening.cases.views import acts, case, support

_ONE = "cases/<uuid:case_id>/"

urlpatterns = [
    path("screening/support/", support.support, name="class_support"),
    path(_ONE, case.case, name="case"),
    path(_ONE + "print/", case.on_paper, name="case_print"),
    path(_ONE + "notes/", acts.notes, name="case_notes"),
    path(_ONE + "step/", acts.step, name="case_step"),
    path(_ONE + "protocol/", acts.protocol, name="case_protocol"),
    path(_ONE + "follow-ups/", acts.more_follow_up, name="case_more_follow_up"),
    path(_ONE + "follow-ups/<uuid:follow_up_id>/", acts.follow_up, name="case_follow_up"),
    path(_ONE + "level/", acts.level, name="case_level"),
    path(_ONE + "level/answer/", acts.answer, name="case_level_answer"),
    path(_ONE + "state/", acts.state, name="case_state"),
    path(_ONE + "owner/", acts.owner, name="case_owner"),
]
