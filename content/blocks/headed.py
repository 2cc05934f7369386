"""What blocks with a heading share: the heading stands in the page's table of contents, its text in search."""

from collections.abc import Iterator

from django.utils.html import strip_tags
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.rich_text import RichText

PROSE = ["h3", "bold", "italic", "ol", "ul", "link"]
LINE = ["bold", "link"]


def heading_block(*, default: str = "", required: bool = False) -> blocks.CharBlock:
    return blocks.CharBlock(
        label=_("Heading"),
        required=required,
        default=default,
        max_length=40,
        help_text=_("Appears in the list “On this page”. May be left empty where the text goes on."),
    )


def block_words(value: object) -> Iterator[str]:
    """Every piece of text inside a block's value, in reading order, without markup."""
    if isinstance(value, RichText):
        yield plain(value.source)
    elif isinstance(value, str):
        yield plain(value)
    elif isinstance(value, blocks.StructValue):
        for name, child in value.block.child_blocks.items():
            if child.search_index and name not in getattr(value.block.meta, "not_words", ()):
                yield from block_words(value.get(name))
    elif isinstance(value, blocks.list_block.ListValue):
        for item in value:
            yield from block_words(item)
    elif isinstance(value, blocks.StreamValue):
        for child in value:
            yield from block_words(child.value)


def plain(source: str) -> str:
    """Text of rich text: the end of a paragraph or item keeps words apart."""
    for end in ("</p>", "</li>", "</h3>", "<br/>", "<br>"):
        source = source.replace(end, f"{end} ")
    return " ".join(normalize_newlines(strip_tags(source)).split())
