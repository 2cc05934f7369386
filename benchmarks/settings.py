"""The demo's settings as they run, on the suite's engines with their durability on, plus the floors' bare views."""

import os
from pathlib import Path

os.environ.setdefault("XINQIAO_VAR", str(Path(__file__).resolve().parents[1] / "var" / "bench"))

from xinqiao.settings.demo import *

ROOT_URLCONF = "benchmarks.floors"
ALLOWED_HOSTS = ["*"]
TEMPLATES = [{**TEMPLATES[0], "DIRS": [*TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"]}]
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "ERROR"}}
