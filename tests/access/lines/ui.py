"""The frame: the language for everybody, the page of components in the demo."""

from tests.access.matrix import Line, everyone

LINES = [
    Line("choose_language", everyone(302), inside=lambda world: {"code": "en"}, outside=lambda world: {"code": "xx"}),
    Line("components", everyone()),
    Line("csp_reports", everyone(204), method="post"),
]
