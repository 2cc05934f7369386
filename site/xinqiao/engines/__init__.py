"""The two engines, PostgreSQL and Valkey: embedded under `var/`, or a school's own by address; and `serve`.

Nothing here but the web parts (`apps`, `health`, `urls`, `management`) imports Django: settings import this package.
"""
