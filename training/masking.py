"""A name as strangers may see it: the family name, then a star for each further character.

A verifier holds the paper and compares; somebody who only tries codes learns no full name. Frequent two-character family
names are kept whole, since the first character alone would be another family's name.
"""

_DOUBLE = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "皇甫",
        "东方",
        "尉迟",
        "公孙",
        "令狐",
        "慕容",
        "夏侯",
        "司徒",
        "端木",
        "轩辕",
        "南宫",
        "闻人",
        "赫连",
        "澹台",
        "宇文",
        "长孙",
        "独孤",
        "百里",
        "呼延",
        "太史",
    ]
)


def masked_name(name: str) -> str:
    """欧阳明 becomes 欧阳*, 王小明 becomes 王**, Anna Schmidt becomes A***."""
    name = name.strip()
    if not name:
        return ""
    if name.isascii():
        return f"{name[0]}***"
    family = name[:2] if name[:2] in _DOUBLE and len(name) > 2 else name[:1]
    return family + "*" * max(1, len(name) - len(family))
