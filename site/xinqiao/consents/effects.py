"""What an answer sets off elsewhere: apps declare it for a kind, and it runs in the transaction of the answer itself."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from xinqiao.consents.enums import ConsentState

if TYPE_CHECKING:
    from xinqiao.accounts.models import User
    from xinqiao.consents.models import Consent

Run = Callable[..., None]


@dataclasses.dataclass(frozen=True)
class Effect:
    """What one app does about answers of one kind.

    Attributes:
        stops: what ends at once when a guardian refuses or takes it back, in words for guardians.
        goes_on: what goes on all the same, and why.
        run: called with `consent`, `by` and `now` after a refusal, a withdrawal or a consent; looks at `consent.state`.
    """

    stops: Any = ""
    goes_on: Any = ""
    run: Run | None = None


_effects: dict[str, list[Effect]] = defaultdict(list)


def declare(kind: str, *, stops: Any = "", goes_on: Any = "", run: Run | None = None) -> None:
    """Say what follows from answers of this kind; called once, when the app's `consent_effects` is loaded."""
    _effects[str(kind)].append(Effect(stops, goes_on, run))


def run_effects(*, consent: Consent, by: User, now: datetime.datetime) -> None:
    """Everything that was declared, within the caller's transaction: what fails takes the answer with it."""
    for effect in _effects[consent.kind]:
        if effect.run is not None:
            effect.run(consent=consent, by=by, now=now)


def stops(kind: str) -> list[str]:
    """In words for guardians: what ends at once."""
    return [str(effect.stops) for effect in _effects[kind] if effect.stops]


def goes_on(kind: str) -> list[str]:
    return [str(effect.goes_on) for effect in _effects[kind] if effect.goes_on]


def speaks_against(consent: Consent) -> bool:
    return consent.state in {ConsentState.REFUSED, ConsentState.WITHDRAWN}
