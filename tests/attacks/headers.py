"""What is missing in one answer's headers, or too much in its page. The matrix holds this against every address and everybody."""

from __future__ import annotations

import re

from django.http import HttpResponseBase

_WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_INLINE = re.compile(r"<[a-z][^>]*\s(?:style=|on[a-z]{3,}=)[^>]{0,40}|<style|javascript:")


def complaints(address: str, response: HttpResponseBase) -> list[str]:
    """In words; nothing where all is well. Wagtail's admin has a policy of its own, as strict as it allows."""
    found = [
        f"{header} is {response.get(header)!r}" for header, value in _WANTED.items() if response.get(header) != value
    ]
    if "camera=()" not in response.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    if not address.startswith("/admin/"):
        is_page = response.get("Content-Type", "").startswith("text/html")
        found += _of_policy(response.get("Content-Security-Policy", ""), is_page)
        if is_page and not response.streaming:
            found += inline(response.content.decode())
    return [f"{address}: {each}" for each in found]


def rules_of(policy: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}


def _of_policy(policy: str, is_page: bool) -> list[str]:
    rules = rules_of(policy)
    found = []
    if rules.get("default-src") != "'none'" or (is_page and rules.get("frame-ancestors") != "'none'"):
        found.append(f"policy {policy[:80]!r}")
    if "unsafe" in policy or re.search(r"https?:|\*", policy):
        found.append("the policy lets in more than our own")
    return found


def inline(html: str) -> list[str]:
    """Scripts and styles that stand in the page itself."""
    found = [f"inline {hit[0]!r}" for hit in _INLINE.finditer(html)]
    for script in re.findall(r"<script[^>]*>", html):
        if not re.search(r"src=|nonce=|application/(ld\+)?json", script):
            found.append(f"inline {script!r}")
    return found
