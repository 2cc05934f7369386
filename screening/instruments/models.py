"""Instruments and their frozen versions. A version is content: once written, the database lets nobody change it."""

from __future__ import annotations

from functools import cached_property

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from screening.instruments.schema import Definition, parse


class Instrument(models.Model):
    key = models.SlugField(_("Key"), unique=True)
    title = models.CharField(_("Title"), max_length=80)

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")

    def __str__(self) -> str:
        return self.title


class InstrumentVersion(models.Model):
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("Version"))
    definition = models.JSONField(_("Definition"))
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("instrument version")
        verbose_name_plural = _("instrument versions")
        constraints = [models.UniqueConstraint(fields=["instrument", "number"], name="one_version_of_a_number")]
        triggers = [
            pgtrigger.Protect(name="version_frozen", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id}/{self.number}"

    @cached_property
    def parsed(self) -> Definition:
        return parse(self.definition)
