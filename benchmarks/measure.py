"""How a figure is measured: beside its floor, in turns, in the same run, because machines are noisy."""

import dataclasses
import statistics
import time
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Figure:
    """One line of the report.

    Attributes:
        value, floor: in `unit`; the floor is None where the target is absolute.
        target: in words; `held` says whether it is met.
    """

    name: str
    value: float
    unit: str
    floor: float | None
    target: str
    held: bool

    @property
    def ratio(self) -> float | None:
        return None if not self.floor else self.value / self.floor


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often a second the work is done, over about this long."""
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        work()
        done += 1
    return done / spent


def beside(work: Callable[[], object], floor: Callable[[], object], *, turns: int = 12, seconds: float = 0.4):
    """The median rates of the work and of its floor, measured in alternating turns after one warm call each."""
    work(), floor()
    values, floors = [], []
    for _ in range(turns):
        floors.append(rate(floor, seconds))
        values.append(rate(work, seconds))
    return statistics.median(values), statistics.median(floors)
