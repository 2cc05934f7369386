"""The trail and who may see what: for the principal, for those who open a story in an emergency, for guardians who ask."""

from django.urls import path

from xinqiao.audit import break_glass_views, people_views, request_views, views

urlpatterns = [
    path("", views.trail, name="audit_trail"),
    path("children/<int:student_id>/", views.child, name="audit_child"),
    path("people/", people_views.people, name="audit_people"),
    path("people/<int:user_id>/", people_views.person, name="audit_person"),
    path("break-glass/", break_glass_views.break_glass, name="break_glass"),
    path("break-glass/children/<int:student_id>/", break_glass_views.ask, name="break_glass_ask"),
    path("break-glass/<uuid:opened_id>/", break_glass_views.opened, name="break_glass_opened"),
    path("break-glass/<uuid:opened_id>/end/", break_glass_views.end, name="break_glass_end"),
    path("break-glass/<uuid:opened_id>/seen/", break_glass_views.seen, name="break_glass_seen"),
    path("requests/", request_views.requests, name="audit_requests"),
    path("requests/<uuid:request_id>/", request_views.decide, name="audit_request"),
    path("ask/<int:student_id>/", request_views.ask, name="audit_ask"),
    path("answers/<uuid:request_id>/", request_views.answer, name="audit_answer"),
    path("answers/<uuid:request_id>/take-back/", request_views.withdraw, name="audit_ask_withdraw"),
]
