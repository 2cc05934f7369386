"""The parents' part has no address of its own outside of Wagtail's tree (`wagtail_serve`, in content.py)."""

LINES: list = []
