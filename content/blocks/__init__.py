"""The editors' vocabulary: what a guidance page can be made of. Each block has its template in content/blocks/."""

from content.blocks.help import HelpNowBlock
from content.blocks.pictures import PictureBlock
from content.blocks.quotes import CaseBlock, QuoteBlock
from content.blocks.related import RelatedBlock
from content.blocks.say import SayBlock
from content.blocks.steps import SignsBlock, StepsBlock
from content.blocks.text import TextBlock

GUIDANCE_BLOCKS = [
    ("text", TextBlock()),
    ("say", SayBlock()),
    ("steps", StepsBlock()),
    ("signs", SignsBlock()),
    ("picture", PictureBlock()),
    ("case", CaseBlock()),
    ("quote", QuoteBlock()),
    ("help_now", HelpNowBlock()),
    ("related", RelatedBlock()),
]

PLAIN_BLOCKS = [("text", TextBlock()), ("steps", StepsBlock()), ("picture", PictureBlock())]

__all__ = [
    "GUIDANCE_BLOCKS",
    "PLAIN_BLOCKS",
    "CaseBlock",
    "HelpNowBlock",
    "PictureBlock",
    "QuoteBlock",
    "RelatedBlock",
    "SayBlock",
    "SignsBlock",
    "StepsBlock",
    "TextBlock",
]
