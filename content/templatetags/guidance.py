"""Tags for guidance pages: pictures from fetched sizes, dates as a month, the words of a question marked."""

from django import template
from django.conf import settings
from django.forms.utils import flatatt
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from content.models.pictures import Picture
from content.pictures import renditions

register = template.Library()

DEFAULT_SHARE = "content/share.png"


def _rendition(picture: Picture, spec: str):
    for rendition in getattr(picture, "prefetched_renditions", ()):
        if rendition.filter_spec == spec:
            return rendition
    return picture.get_rendition(spec)


@register.simple_tag
def picture(image: Picture | None, size: str, *, alt: str | None = None, first: bool = False) -> SafeString | str:
    """An `<img>` in two widths, with width and height so that nothing jumps. All but the first load when they are near.

    Args:
        size: "card", "wide" or "body".
        alt: instead of what stands with the picture; empty where the words beside it say the same.
        first: the largest thing in sight when the page opens.
    """
    if image is None:
        return ""
    shown = renditions.SIZES[size]
    small, large = (_rendition(image, spec) for spec in shown.specs)
    loading = {"fetchpriority": "high"} if first else {"loading": "lazy"}
    attributes = {
        "src": large.url,
        **({"srcset": f"{small.url} {small.width}w, {large.url} {large.width}w", "sizes": shown.sizes}
           if small.width < large.width else {}),
        "width": large.width,
        "height": large.height,
        "alt": image.default_alt_text if alt is None else alt,
        **loading,
        "decoding": "async",
    }  # fmt: skip
    return format_html("<img{}>", flatatt(attributes))


@register.simple_tag
def share_picture(image: Picture | None) -> str:
    """The full address of the picture on cards in other people's chats; the product's own where a page has none."""
    return address(_rendition(image, renditions.SHARE).url if image else static(DEFAULT_SHARE))


@register.simple_tag
def address(url: str) -> str:
    """The full address of something on this site."""
    return url if str(url).startswith("http") else f"{settings.BASE_URL}{url}"


@register.filter
def dialled(number: str) -> str:
    """A telephone number as a `tel:` link wants it."""
    return "".join(character for character in str(number) if character.isdigit() or character == "+")


@register.filter
def first_clause(text: str) -> str:
    """Up to and with the first comma: the first line of a large sentence."""
    head, comma, _rest = str(text).partition("，")
    return head + comma


@register.filter
def after_first_clause(text: str) -> str:
    return str(text).partition("，")[2]


@register.filter
def split_numbers(numbers: str) -> list[str]:
    """`"12356,120"` as a list, for the row of buttons that dial."""
    return numbers.split(",")
