"""The access table in words, made from the one in code: what docs/access.md holds."""

from django.utils import translation

from xinqiao.accounts.capabilities import GRANTS, Capability, Scope
from xinqiao.accounts.enums import Role

_LANGUAGES = ("zh-hans", "en")
_SCOPES = {
    Scope.OWN: ("本人", "own"),
    Scope.OWN_CHILD: ("自己的孩子", "own child"),
    Scope.OWN_CLASS: ("本班", "own class"),
    Scope.OWN_GRADE: ("本年级", "own grade"),
    Scope.SCHOOL: ("全校", "school"),
    Scope.DISTRICT: ("全区", "district"),
}
_INTRODUCTION = """\
# 谁可以做什么 Who may do what

<!-- Made by `manage.py access_table --write` from site/xinqiao/accounts/capabilities.py. Change that file, not this one. -->

没有写出的，一律不允许。权限随任职开始，随任职结束：任职到期的当天零点起失效，已打开的页面也一样。
What is not written here is denied. Access begins and ends with an appointment, at midnight after its last day, in open sessions too.

范围以外的记录当作不存在（404）；看得见却不允许做的，会被拒绝（403），并记入审计。
A record out of scope does not exist for the person (404); a forbidden act on a visible one is refused (403), on the record.

没有人能给自己任职。管理员能任命别人，但不能打开孩子的记录。
Nobody gives duties to themselves. The administrator appoints others, and cannot open a child's story.
"""


def page() -> str:
    """The whole page: for each role its capabilities, then for each capability the roles that have it."""
    parts = [_INTRODUCTION, "\n## 按角色 By role\n"]
    for role in Role:
        parts.append(f"\n### {_both(role)}\n\n| 可以 May | 范围 Reach | 代码 Code |\n|---|---|---|\n")
        granted = GRANTS[role]
        parts += [f"| {_both(c)} | {_reach(granted[c])} | `{c.value}` |\n" for c in Capability if c in granted]
    parts.append("\n## 按权限 By capability\n\n| 权限 Capability | 角色 Roles |\n|---|---|\n")
    for capability in Capability:
        holders = [
            f"{_in('zh-hans', role)}（{_SCOPES[GRANTS[role][capability]][0]}）"
            for role in Role
            if capability in GRANTS[role]
        ]
        parts.append(f"| {_both(capability)} `{capability.value}` | {'、'.join(holders) or '—'} |\n")
    return "".join(parts)


def _both(choice: Role | Capability) -> str:
    return " ".join(_in(language, choice) for language in _LANGUAGES)


def _in(language: str, choice: Role | Capability) -> str:
    with translation.override(language):
        return str(choice.label)


def _reach(scope: Scope) -> str:
    return " ".join(_SCOPES[scope])
