"""The risks that every school with such a product has, what is done against each, and how they are rated."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.translation import gettext_lazy as _

RATINGS = [(1, _("low")), (2, _("medium")), (3, _("high"))]


@dataclasses.dataclass(frozen=True)
class Risk:
    """Attributes:
    measures: what the product does against it; the school adds its own.
    """

    key: str
    what: Any
    measures: Any


RISKS = [
    Risk(
        "outside",
        _("Somebody from outside gets in and reads children's stories"),
        _("Stories and contacts are encrypted under keys outside of the database; logins are limited and checked by a second factor; sessions are short; nothing is loaded from other hosts."),
    ),
    Risk(
        "curiosity",
        _("Somebody inside reads more than their duty needs"),
        _("Deny by default, by duty and its dates; every reading of a story is recorded and shown to the principal and, on request, to the guardian; the administrator cannot read stories."),
    ),
    Risk(
        "label",
        _("A level of concern is taken for a diagnosis, and the child is treated by it"),
        _("A person determines, never the sum; levels stand beside no name on class and search pages; results are worded as concern; they do not enter the school roll."),
    ),
    Risk(
        "counts",
        _("A child is recognised from small counts"),
        _("Counts below five are hidden, and others with them, so that no sum gives them back."),
    ),
    Risk(
        "device",
        _("A telephone or computer is lost, or a screen is seen"),
        _("Short sessions, ended from elsewhere; a fresh proof before stories and exports; today's page and all mail name no child."),
    ),
    Risk(
        "export",
        _("A file or letter that was taken out goes astray"),
        _("What leaves is recorded with who and when; a child's file is an encrypted archive; letters hold the least that is needed."),
    ),
    Risk(
        "family",
        _("Something reaches a guardian whom a court restricted, or makes trouble at home worse"),
        _("A restricted guardian sees nothing and answers nothing; invitations check two facts; the counselor decides with the child what is told at home."),
    ),
    Risk(
        "kept",
        _("Records are kept longer than they are needed"),
        _("A schedule shows what is due before it erases; a guardian may ask for erasure; what the law keeps is kept apart."),
    ),
    Risk(
        "loss",
        _("Records are lost or changed unseen"),
        _("Backups; submitted forms, completed assessments and letters are frozen by the database; the trail is chained and anchored outside."),
    ),
]  # fmt: skip
