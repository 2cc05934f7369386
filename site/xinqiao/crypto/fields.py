"""An encrypted text column. Stored as AES-GCM bound to its table, column and row; decrypted when it is read.

A value loaded from the database stays sealed until the attribute is asked for, so a list of cases pays nothing for
narratives that it does not show. Because the row is bound in, the primary key must be known before the first save:
rows with such a column have a UUID primary key, or are saved once before the text is set. Who renames a table or column
gives the old place as `bound_as`; a test holds the list of places.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.db import models

from xinqiao.crypto.keyring import key_ring


class Sealed(str):
    """Text as it lies in the database. Its repr shows nothing."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<sealed>"


def _bound_to(instance: models.Model, field: EncryptedTextField) -> str:
    return f"{field.place}.{instance.pk}"


class _Unsealing:
    """The attribute: gives plain text, keeps what the database gave until then."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            value = key_ring().decrypt(value, bound_to=_bound_to(instance, self.field)) if value else ""
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """A TextField whose column holds only ciphertext. It cannot be filtered on; empty text stays empty.

    Args:
        bound_as: the place (`table.column`) under which values are sealed. Needed only where a table or column was
            renamed: its old place, so that what was sealed before goes on being read.
    """

    def __init__(self, *args: Any, bound_as: str = "", **kwargs: Any) -> None:
        self.bound_as = bound_as
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "bound_as": self.bound_as} if self.bound_as else kwargs

    @property
    def place(self) -> str:
        """Where values are sealed for: the table of the model that has the column, whichever subclass is loaded."""
        return self.bound_as or f"{self.model._meta.db_table}.{self.column}"

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, self.attname, _Unsealing(self))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if not value:
            return value
        if model_instance.pk is None:
            raise ValueError(
                f"{type(model_instance).__name__}.{self.name} is bound to its row: save the row before setting it, "
                "or give the model a UUID primary key"
            )
        return Sealed(key_ring().encrypt(value, bound_to=_bound_to(model_instance, self)))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "" or isinstance(value, Sealed):
            return value
        raise TypeError(f"{self.name} is encrypted: set it on an instance and save, it cannot be filtered or updated")

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


def sealer(model: type[models.Model], name: str) -> Callable[[Any, str], str]:
    """A function of (primary key, text) that gives what the column holds: for rows written in bulk, past the instances.

    The key is taken once: for as long as the function is used, in one transaction.
    """
    place, ring = cast(EncryptedTextField, model._meta.get_field(name)).place, key_ring()
    return lambda pk, plain: ring.encrypt(plain, bound_to=f"{place}.{pk}") if plain else ""


def unsealer(model: type[models.Model], name: str) -> Callable[[Any, str | None], str]:
    """The other way round: a function of (primary key, what the column holds) that gives the text."""
    place, ring = cast(EncryptedTextField, model._meta.get_field(name)).place, key_ring()
    return lambda pk, stored: ring.decrypt(stored, bound_to=f"{place}.{pk}") if stored else ""
