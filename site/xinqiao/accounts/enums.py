"""Roles of a school, as appointments give them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    PRINCIPAL = "principal", _("Principal")
    DEPUTY = "deputy", _("Vice-principal")
    MORAL_EDUCATION = "moral", _("Moral-education office")
    COUNSELOR = "counselor", _("Counselor")
    GRADE_LEADER = "grade_leader", _("Grade leader")
    HOMEROOM = "homeroom", _("Homeroom teacher")
    TEACHER = "teacher", _("Subject teacher")
    GUARDIAN = "guardian", _("Guardian")
    EDITOR = "editor", _("Editor")
    TRAINER = "trainer", _("Training manager")
    ADMINISTRATOR = "admin", _("Administrator")
    DISTRICT = "district", _("District officer")


STAFF_ROLES = frozenset(Role) - {Role.GUARDIAN, Role.DISTRICT}
"""Roles held by people who work at the school, and so take its training."""
