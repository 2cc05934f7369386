"""A break inside of a term: autumn holidays, a week of snow. Single days stand in `SchoolDayOverride`."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def no_overlap(name: str) -> ExclusionConstraint:
    """No two rows of one school share a day. The school stands as a range of one, which needs no extension of PostgreSQL."""
    school = Func("school_id", "school_id", Value("[]"), function="int8range", output_field=BigIntegerRangeField())
    days = Func("starts_on", "ends_on", Value("[]"), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name, expressions=[(school, RangeOperators.OVERLAPS), (days, RangeOperators.OVERLAPS)]
    )


class SchoolBreak(models.Model):
    """The school is closed from the first day to the last, both included, unless a single day says otherwise."""

    school = models.ForeignKey("school.School", models.CASCADE, related_name="breaks")
    name = models.CharField(_("Name"), max_length=40)
    starts_on = models.DateField(pgettext_lazy("first day", "From"))
    ends_on = models.DateField(_("Until"))

    class Meta:
        verbose_name = _("break")
        verbose_name_plural = _("breaks")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="break_ends_after_it_starts"),
            no_overlap("breaks_do_not_overlap"),
        ]

    def __str__(self) -> str:
        return self.name
