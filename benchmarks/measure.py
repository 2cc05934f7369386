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


_FEWEST = 8


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often a second the work is done, over about this long."""
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        work()
        done += 1
    return done / spent


def beside(work: Callable[[], object], floor: Callable[[], object], *, seconds: float = 8.0) -> tuple[float, float]:
    """How often a second the work and its floor are done: from the quickest quarter of single calls, in turns.

    Whatever else the machine does can only make a call slower, and meets both alike.
    """
    work(), floor()
    spent: tuple[list[float], list[float]] = ([], [])
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(spent[0]) < _FEWEST:
        for call, times in zip((work, floor), spent, strict=True):
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
    return _a_second(spent[0]), _a_second(spent[1])


def _a_second(times: list[float]) -> float:
    return 1 / statistics.quantiles(times, n=4)[0]
