"""What can be wrong with a roster: the file as a whole, or one cell of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class FileRefused(Exception):
    """The file cannot be read as a roster; the text is a whole sentence for whoever chose it, and names no child."""


@dataclass(frozen=True, slots=True)
class CellError:
    """One cell that cannot be taken over.

    Attributes:
        row: as the spreadsheet program counts it, from 1; 0 where the whole file is meant.
        column: the heading as it stands in the file.
        value: what stands there, shortened.
        message: a sentence that says what to do.
    """

    row: int
    column: str
    value: str
    message: str

    def as_dict(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "value": self.value, "message": self.message}


_SHOWN = 60


def shown(value: object) -> str:
    """A cell's content as it is shown beside an error: one line, not endless."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
