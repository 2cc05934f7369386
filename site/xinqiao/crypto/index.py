"""A blind index: a column beside an encrypted one, by which equal texts are found without anybody reading them.

It holds a keyed fingerprint of the text in its normal form. Each save makes it anew from the text, and a change of keys
renews both in one statement. While values lie under several keys, a search asks for the fingerprint under each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.db import models

from xinqiao.crypto.fields import EncryptedTextField
from xinqiao.crypto.keyring import KeyRing, key_ring

# Empty by the database's own default, too: rows that are copied in without it are not refused, and not found.
_FIXED = {"max_length": 32, "default": "", "db_default": "", "blank": True, "editable": False, "db_index": True}


class BlindIndexField(models.CharField):
    """The index of one encrypted column of the same model; empty where the text is.

    Args:
        of: the encrypted field's name.
        normal: brings a text into the form in which equal things are equal; what it makes empty is not found.
    """

    def __init__(self, *args: Any, of: str, normal: Callable[[str], str] = str.strip, **kwargs: Any) -> None:
        self.of, self.normal = of, normal
        super().__init__(*args, **{**kwargs, **_FIXED})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of, "normal": self.normal}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.made_from(getattr(model_instance, self.of), key_ring())
        setattr(model_instance, self.attname, value)
        return value

    def made_from(self, text: str | None, ring: KeyRing) -> str:
        """What stands in the column for this text."""
        return next(iter(self._fingerprints(text, ring)), "")

    def equals(self, text: str) -> models.Q:
        """Rows whose text is this one, whichever key they lie under."""
        return models.Q(**{f"{self.name}__in": self._fingerprints(text, key_ring())})

    def _fingerprints(self, text: str | None, ring: KeyRing) -> list[str]:
        normal = self.normal(text or "")
        encrypted = cast(EncryptedTextField, self.model._meta.get_field(self.of))
        return ring.fingerprints(normal, of=encrypted.place) if normal else []


class KeepsIndexes(models.Model):
    """For models with a blind index: saving the text alone saves its index with it."""

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None:
            named = set(update_fields)
            named |= {index.name for index in indexes_of(type(self)) if index.of in named}
            update_fields = named
        super().save(*args, update_fields=update_fields, **kwargs)


def indexes_of(model: type[models.Model]) -> list[BlindIndexField]:
    """The blind indexes of a model."""
    return [field for field in model._meta.local_concrete_fields if isinstance(field, BlindIndexField)]


def index_value(model: type[models.Model], index: str, text: str) -> str:
    """What belongs into an index beside this text, for rows that are written in bulk, past `save`."""
    return cast(BlindIndexField, model._meta.get_field(index)).made_from(text, key_ring())


def same_as(model: type[models.Model], index: str, text: str) -> models.Q:
    """A condition for `filter`: the indexed text is this one.

    Args:
        model: such as `Guardian`.
        index: the name of its blind index, such as `phone_index`.
        text: as a person typed it.
    """
    return cast(BlindIndexField, model._meta.get_field(index)).equals(text)
