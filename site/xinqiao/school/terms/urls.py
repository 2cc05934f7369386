"""The calendar's pages, below /directory/calendar/."""

from django.urls import path

from xinqiao.school.terms import views

urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("term/new/", views.new_term, name="calendar_term_new"),
    path("term/<int:term_id>/", views.term, name="calendar_term"),
    path("term/<int:term_id>/remove/", views.remove_term, name="calendar_term_remove"),
    path("break/new/", views.new_break, name="calendar_break_new"),
    path("break/<int:break_id>/", views.break_, name="calendar_break"),
    path("break/<int:break_id>/remove/", views.remove_break, name="calendar_break_remove"),
    path("day/", views.day, name="calendar_day"),
    path("day/<int:own_id>/remove/", views.remove_day, name="calendar_day_remove"),
    path("restore/", views.restore, name="calendar_restore"),
]
