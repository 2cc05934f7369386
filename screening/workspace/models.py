"""What was told to the district, and when: a table stands until the next is published, so that no two days can be subtracted."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class Subject(models.TextChoices):
    SCREENED = "screened", _("First pass: children by suggestion")
    CASES = "cases", _("Active cases by level")
    STEPS = "steps", _("Second assessments and referrals")


class DistrictTable(models.Model):
    """One publication. It holds only what was told: a hidden count is nowhere in it.

    Attributes:
        rows: the schools, in their order, with the round that was counted where there is one.
        told: each count by its key, as `ShownTable.values` has it; one that was hidden is missing.
        last_told: what was published last of each count, this table included; the next is held against it.
    """

    subject = models.CharField(max_length=8, choices=Subject)
    as_of = models.DateField(_("As of"))
    made_at = models.DateTimeField()
    rows = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    told = models.JSONField(default=dict)
    last_told = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("district's table")
        verbose_name_plural = _("district's tables")
        ordering = ["-as_of"]
        constraints = [models.UniqueConstraint(fields=["subject", "as_of"], name="one_table_a_subject_and_day")]
        triggers = [pgtrigger.Protect(name="published_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.subject} {self.as_of}"
