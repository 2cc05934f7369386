"""Words for rules that the database keeps: "something is written", "these columns stay once that holds"."""

import pgtrigger
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan


def written(field: str) -> Q:
    """The column holds a text; for encrypted columns too, which cannot be compared."""
    return Q(GreaterThan(Length(field), 0))


def stays(name: str, *columns: str, once: str) -> pgtrigger.Protect:
    """A trigger that refuses to change any of the columns once the SQL condition on OLD holds."""
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)
    return pgtrigger.Protect(
        name=name, operation=pgtrigger.Update, condition=pgtrigger.Condition(f"(({once}) AND ({changed}))")
    )
