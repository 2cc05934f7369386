"""Cells that go into a spreadsheet: none may act as a formula when somebody opens the file."""

_DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """Text that no spreadsheet runs as a formula, also after it was saved as CSV."""
    # Blanks before it are passed over by some programs, so they are here too.
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(_DANGEROUS) else text
