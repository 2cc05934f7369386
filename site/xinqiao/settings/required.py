"""What a production server must be told, and what is wrong with what it was told."""

import os
from collections.abc import Callable, Mapping

from xinqiao.engines import external
from xinqiao.engines.errors import EngineError
from xinqiao.settings.login_providers import VARIABLES

_REQUIRED = {
    "SECRET_KEY": "a long random text that signs sessions",
    "ALLOWED_HOSTS": "the site's host names, separated by commas",
    "DATABASE_URL": "the PostgreSQL address, such as postgresql://user:password@host/database",
    "REDIS_URL": "the Valkey or Redis address, such as redis://host:6379/0",
    "EMAIL_URL": "the mail server, such as smtp+tls://user:password@host:587",
    "MAIL_FROM": "the sender of the mails, such as 心桥 <xinqiao@school.example>",
    "XINQIAO_KEYS_FILE": "the file with the keys that encrypt children's stories, made by `manage.py make_keys FILE`",
}
_SHORTEST_SECRET = 50
_MAKE_SECRET = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"  # noqa: S105 - says how to make one


def bad_settings(environ: Mapping[str, str] = os.environ) -> list[str]:
    """One sentence for each setting that is missing or cannot be right. Nobody is called; `serve` does that."""
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    found = [f"Set {name}: {why}." for name, why in _REQUIRED.items() if name not in given]
    for name in external.SHAPES:
        if name in given:
            found += _complaint(external.check_shape, name, given[name])
    if "XINQIAO_KEYS_FILE" in given:
        found += _complaint(external.check_keys_file, given["XINQIAO_KEYS_FILE"])
    secret = given.get("SECRET_KEY")
    if secret and (len(secret) < _SHORTEST_SECRET or len(set(secret)) < 10):
        found.append(f"SECRET_KEY is too easy to guess: make one with {_MAKE_SECRET}.")
    hosts = _list(given.get("ALLOWED_HOSTS", ""))
    if "*" in hosts:
        found.append("ALLOWED_HOSTS must name the hosts: with * anybody could make links in our mail lead elsewhere.")
    found += [
        f"CSRF_TRUSTED_ORIGINS: write {origin} with its scheme, as https://{origin}."
        for origin in _list(given.get("CSRF_TRUSTED_ORIGINS", ""))
        if "://" not in origin
    ]
    if not given.get("TRUSTED_PROXIES", "1").isdecimal():
        found.append("TRUSTED_PROXIES: write how many proxies stand before the web server, as 1.")
    if given.get("XINQIAO_SECOND_FACTOR", "required") not in {"required", "offered"}:
        found.append("XINQIAO_SECOND_FACTOR: write required or offered.")
    found += [
        f"{name}: write the app's id and its secret with a colon between them, as id:secret."
        for name in VARIABLES.values()
        if name in given and not all(part.strip() for part in given[name].partition(":"))
    ]
    if "BASE_URL" in given and not given["BASE_URL"].startswith(("https://", "http://")):
        found.append(f"BASE_URL: write it with its scheme, as https://{given['BASE_URL']}.")
    return found


def refuse_bad_settings() -> None:
    """Stop here, with all the sentences at once, so that nobody mends one to be told the next."""
    found = bad_settings()
    if found:
        raise EngineError("\n".join(found))


def _complaint(check: Callable[..., object], *arguments: str) -> list[str]:
    try:
        check(*arguments)
    except EngineError as error:
        return [str(error)]
    return []


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
