"""The directory's own pages, below /directory/."""

from django.urls import path

from xinqiao.school.pages import child, child_acts, children, classes, guardians, home, moves, rollover

urlpatterns = [
    path("", home.home, name="home"),
    path("children/", children.children, name="children"),
    path("children/export/", children.children_export, name="children_export"),
    path("children/join/", child_acts.joins, name="join"),
    path("children/<int:student_id>/", child.child, name="child"),
    path("children/<int:student_id>/facts/", child_acts.facts, name="child_facts"),
    path("children/<int:student_id>/class/", child_acts.change, name="child_change"),
    path("children/<int:student_id>/leave/", child_acts.goes, name="child_leave"),
    path("children/<int:student_id>/return/", child_acts.back, name="child_return"),
    path("children/<int:student_id>/guardians/add/", guardians.add, name="guardian_add"),
    path("children/<int:student_id>/guardians/<int:tie_id>/", guardians.change, name="guardian_change"),
    path("children/<int:student_id>/guardians/<int:tie_id>/remove/", guardians.remove, name="guardian_remove"),
    path(
        "children/<int:student_id>/guardians/<int:tie_id>/restriction/",
        guardians.restriction,
        name="guardian_restriction",
    ),
    path("classes/open/", classes.open_, name="class_open"),
    path("classes/<int:class_id>/", classes.school_class, name="school_class"),
    path("classes/<int:class_id>/print/", classes.print_class, name="class_print"),
    path("classes/<int:class_id>/close/", classes.close, name="class_close"),
    path("classes/<int:class_id>/reopen/", classes.reopen, name="class_reopen"),
    path("classes/<int:class_id>/merge/", classes.merge_, name="class_merge"),
    path("classes/<int:class_id>/split/", classes.split_, name="class_split"),
    path("moves/", moves.moves, name="moves"),
    path("moves/<int:move_id>/undo/", child_acts.undo, name="move_undo"),
    path("rollover/", rollover.rollover, name="rollover"),
]
