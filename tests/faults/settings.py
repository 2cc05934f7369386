"""The product's settings for processes that are about to be killed: real mail server, impatient clocks."""

from pathlib import Path

from xinqiao.settings.demo import *  # noqa: F403
from xinqiao.settings.demo import TEMPLATES as _TEMPLATES

# A claim is believed this long instead of six minutes, and the sweeper comes each second instead of each minute.
OUTBOX_CLAIM_SECONDS = 4
CELERY_BEAT_SCHEDULE = {"outbox-sweep": {"task": "tasks.sweep_outbox", "schedule": 1.0}}
_LETTERS = Path(__file__).parents[1] / "tasks" / "templates"
TEMPLATES = [{**_TEMPLATES[0], "DIRS": [*_TEMPLATES[0]["DIRS"], _LETTERS]}]
