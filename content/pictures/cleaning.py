"""Making an uploaded picture anew from its pixels, so that nothing else that was in the file is ever served."""

import io
from pathlib import PurePath

import willow
from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_SIDE = 4000
FORMATS = {
    "JPEG": ("jpg", "image/jpeg", {"quality": 88, "optimize": True, "progressive": True}),
    "PNG": ("png", "image/png", {"optimize": True}),
    "WEBP": ("webp", "image/webp", {"quality": 88, "method": 4}),
    "GIF": ("png", "image/png", {"optimize": True}),
}
"""Pillow's format to what is written. A GIF becomes a still PNG: moving pictures distract and cannot be stopped."""


class NotAPicture(Exception):
    """The bytes are not a picture of a known kind, or it is damaged."""


class PictureTooLarge(Exception):
    """More pixels than we are willing to decode."""


class CleanedPicture(SimpleUploadedFile):
    """A file that holds pixels and nothing else."""


def cleaned_picture(upload: File, name: str) -> CleanedPicture:
    """Decode the first frame, turn it upright, bring it to at most MAX_SIDE, and write it without any metadata.

    Raises:
        NotAPicture: not decodable, or of a kind that we do not accept (SVG, TIFF, PSD, ...).
        PictureTooLarge: over WAGTAILIMAGES_MAX_IMAGE_PIXELS; said from the header, before decoding.
    """
    upload.seek(0)
    try:
        with Image.open(upload, formats=list(FORMATS)) as opened:
            if opened.width * opened.height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                raise PictureTooLarge
            suffix, content_type, options = FORMATS[opened.format]
            opened.seek(0)
            picture = ImageOps.exif_transpose(opened)
            picture.load()
    except Image.DecompressionBombError as error:
        raise PictureTooLarge from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise NotAPicture from error
    picture = _plain_mode(picture, with_alpha=suffix != "jpg")
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    out = io.BytesIO()
    fresh.save(out, format={"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[suffix], **options)
    made = CleanedPicture(f"{PurePath(name).stem}.{suffix}", out.getvalue(), content_type)
    # Wagtail reads the opened picture from here, as its own field leaves it.
    made.image = willow.Image.open(io.BytesIO(out.getvalue()))
    return made


def _plain_mode(picture: Image.Image, *, with_alpha: bool) -> Image.Image:
    transparent = "A" in picture.getbands() or "transparency" in picture.info
    return picture.convert("RGBA" if with_alpha and transparent else "RGB")
