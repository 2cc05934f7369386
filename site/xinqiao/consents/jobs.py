"""The registry's part in the worker: the check that a reminder asks again at sending."""

from xinqiao.consents import ask

__all__ = ["ask"]
