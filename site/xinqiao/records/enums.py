"""States of an export, an erasure and a retention run, the moves between them, and why they are asked for."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Edition(models.TextChoices):
    """Two copies of one file. What they differ in stands in `child_file.withheld`."""

    WHOLE = "whole", _("Whole file, for those who go on with the work or for a court")
    GUARDIAN = "guardian", _("Guardian's copy: without colleagues' names and what was told in confidence")


class ExportPurpose(models.TextChoices):
    GUARDIAN = "guardian", _("A guardian asks for a copy")
    TRANSFER = "transfer", _("The child changes school, guardians agree")
    AUTHORITY = "authority", _("A court or authority asks, in writing")
    SUPERVISION = "supervision", _("Handing over to a colleague of the counselling room")
    OTHER = "other", _("Another reason")


class ExportState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("export", "Waits for its turn")
    MAKING = "making", pgettext_lazy("export", "Is being made")
    READY = "ready", pgettext_lazy("export", "Ready")
    FAILED = "failed", pgettext_lazy("export", "Could not be made")
    GONE = "gone", pgettext_lazy("export", "Deleted here")


E = ExportState
EXPORT_MOVES = [
    (E.WAITING.value, E.MAKING.value),
    (E.WAITING.value, E.FAILED.value),
    (E.WAITING.value, E.GONE.value),
    (E.MAKING.value, E.READY.value),
    (E.MAKING.value, E.FAILED.value),
    (E.MAKING.value, E.GONE.value),
    (E.READY.value, E.GONE.value),
    (E.FAILED.value, E.GONE.value),
]
AT_WORK = frozenset({E.WAITING.value, E.MAKING.value})


class Ground(models.TextChoices):
    """Why a file is erased: Personal Information Protection Law, Art. 47 (1)."""

    CONSENT = "consent", _("A guardian took the consent back")
    REQUEST = "request", _("A guardian asks for it")
    PURPOSE = "purpose", _("The purpose has been reached, or the child has left")
    UNLAWFUL = "unlawful", _("It should not have been collected")


class ErasureState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("erasure", "Waits for a second person")
    DONE = "done", pgettext_lazy("erasure", "Erased")
    RETURNED = "returned", pgettext_lazy("erasure", "Returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("erasure", "Taken back")


ERASURE_MOVES = [
    (ErasureState.ASKED.value, state.value)
    for state in (ErasureState.DONE, ErasureState.RETURNED, ErasureState.WITHDRAWN)
]


class Channel(models.TextChoices):
    PAGE = "page", _("On the page, by two persons")
    COMMAND = "command", _("By the command, on the server")
    RETENTION = "retention", _("By the retention schedule")


class RunState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("retention", "Shown, waits")
    ACTING = "acting", pgettext_lazy("retention", "At work")
    DONE = "done", pgettext_lazy("retention", "Done")


RUN_MOVES = [(RunState.PROPOSED.value, RunState.ACTING.value), (RunState.ACTING.value, RunState.DONE.value)]


class ItemState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("retention", "Will be erased")
    DONE = "done", pgettext_lazy("retention", "Erased")
    EXEMPT = "exempt", pgettext_lazy("retention", "Kept: a hold was set")
    PASSED = "passed", pgettext_lazy("retention", "Passed over: it is not due any more")


ITEM_MOVES = [
    (ItemState.PENDING.value, state.value) for state in (ItemState.DONE, ItemState.EXEMPT, ItemState.PASSED)
] + [(ItemState.EXEMPT.value, ItemState.PENDING.value)]
