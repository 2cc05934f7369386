"""How days and times are written in forms, by language."""
