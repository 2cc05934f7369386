"""Reading the environment: a name, a default, nothing clever."""

import os


def env(name: str, default: str) -> str:
    """The variable's value without surrounding blanks, or the default where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, *, default: bool) -> bool:
    """True for 1, true, yes, on in any case."""
    value = env(name, "")
    return default if not value else value.lower() in {"1", "true", "yes", "on"}


def env_list(name: str) -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in env(name, "").split(",") if part.strip()]
