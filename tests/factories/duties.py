"""Lists of duties as schools hand them in."""

from __future__ import annotations

from typing import Any

HEADINGS = ["登录名", "姓名", "职务", "班级", "年级", "开始日期", "结束日期"]


def duty_row(login: str = "", **changes: Any) -> dict[str, Any]:
    """One duty, homeroom teacher of 三年级2班; change or empty any column by its heading."""
    full = {
        "登录名": login,
        "姓名": "",
        "职务": "班主任",
        "班级": "三年级2班",
        "年级": "",
        "开始日期": "2027-03-01",
        "结束日期": "",
    }
    return {**full, **changes}
