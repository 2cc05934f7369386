"""Adding a version to an instrument. The same definition is never stored twice in a row."""

from typing import Any

from django.db import transaction

from screening.instruments.models import Instrument, InstrumentVersion
from screening.instruments.schema import parse


@transaction.atomic
def publish_version(*, key: str, definition: dict[str, Any]) -> InstrumentVersion:
    """The newest version of the instrument with this definition, made where there is none.

    Raises:
        DefinitionError: the definition is not one.
    """
    parsed = parse(definition)
    instrument, _made = Instrument.objects.get_or_create(key=key, defaults={"title": parsed.title})
    instrument = Instrument.objects.select_for_update().get(pk=instrument.pk)
    newest = instrument.versions.order_by("-number").first()
    if newest is not None and newest.definition == definition:
        return newest
    return InstrumentVersion.objects.create(
        instrument=instrument, number=newest.number + 1 if newest else 1, definition=definition
    )
