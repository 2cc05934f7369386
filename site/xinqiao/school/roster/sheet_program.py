"""Reads a workbook in a process of its own: `python sheet_program.py FILE`; rows leave by standard output, in pieces.

It knows nothing of the product, so that it starts at once, and has limits of memory and time, so that no file can
take a worker with it: a reader that dies is a file that is refused.
"""

import datetime
import marshal
import resource
import sys

_MEMORY = 700 * 1024 * 1024
_SECONDS = 40
ROWS_A_PIECE = 1000
_MAX_ROWS = 99_999
_MAX_COLUMNS = 80
_MAX_SHEETS = 10
_MAX_TEXT = 500


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value[:_MAX_TEXT]
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime.date):  # and a datetime, which is one
        return (value.year, value.month, value.day)
    return str(value)


def main(path: str) -> None:
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    out = sys.stdout.buffer

    def send(*message: object) -> None:
        marshal.dump(message, out)

    try:
        with open(path, "rb") as file:
            book = CalamineWorkbook.from_filelike(file)
        sheets = [
            each.name
            for each in book.sheets_metadata
            if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
        ]
        for name in sheets[:_MAX_SHEETS]:
            sheet = book.get_sheet_by_name(name)
            if sheet.start is None:
                continue
            left, (bottom, right) = sheet.start[1], sheet.end
            if bottom >= _MAX_ROWS or right >= _MAX_COLUMNS:
                send("large")
                return
            send("sheet", name)
            piece: list[object] = []
            # Rows are counted from the sheet's first, columns from the first that holds something.
            for number, row in enumerate(sheet.iter_rows(), 1):
                cells = [_plain(value) for value in row]
                if any(cell != "" for cell in cells):
                    piece.append((number, [""] * left + cells))
                if len(piece) == ROWS_A_PIECE:
                    send("rows", piece)
                    piece = []
            send("rows", piece)
        send("end")
    except PasswordError:
        send("password")
    finally:
        out.flush()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(sys.argv[1])
