"""Telephone numbers as people type them, in the one form in which equal numbers are equal."""

import re
import unicodedata

_COUNTRY = re.compile(r"^(?:\+|00)86")


def normal_phone(text: str) -> str:
    """Digits only, half width, without China's code; another country's keeps its plus sign. Empty where nothing is left."""
    narrow = unicodedata.normalize("NFKC", text).strip()
    narrow = re.sub(r"[^\d+]", "", narrow, flags=re.ASCII)
    narrow = _COUNTRY.sub("", narrow)
    return narrow[:1] + narrow[1:].replace("+", "") if narrow.strip("+") else ""
