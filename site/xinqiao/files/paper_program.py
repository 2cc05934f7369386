"""Opens a stranger's file in a process of its own: `python paper_program.py picture|pdf < FILE > PIXELS`.

It knows nothing of the product, so that it starts at once, and has limits of memory and time, so that no file can
take a web process with it. What leaves it was made anew from pixels: a picture without any other data, or a PDF of
pictures. Whatever else was in the file (scripts, attachments, a second file behind the first, the place where a photo was
taken) stays behind.

The answer is one line of JSON and then the new file's bytes.
"""

import io
import json
import resource
import sys
from typing import Any

_MEMORY = 1024 * 1024 * 1024
_SECONDS = 40
MAX_PIXELS = 50_000_000
MAX_SIDE = 3000
MAX_PAGES = 50
PAGE_SIDE = 1754  # A4 at 150 dpi
FORMATS = {
    "JPEG": ("image/jpeg", {"quality": 88, "optimize": True}),
    "PNG": ("image/png", {"optimize": True}),
    "WEBP": ("image/webp", {"quality": 88, "method": 4}),
}


class Refused(Exception):
    """Carries a key that the caller has a sentence for."""


def picture(given: bytes) -> tuple[dict[str, Any], bytes]:
    """The first frame, upright, at most MAX_SIDE, and nothing but its pixels."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - each kind of file loads only what it needs

    try:
        with Image.open(io.BytesIO(given), formats=list(FORMATS)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Refused("pixels")
            content_type, options = FORMATS[str(opened.format)]
            if opened.format == "JPEG":
                opened.draft("RGB", (MAX_SIDE, MAX_SIDE))  # decoded smaller already, where that is enough
            opened.load()
            orientation = opened.getexif().get(0x0112)
            transparent = "A" in opened.getbands() or "transparency" in opened.info
            plain = opened.convert("RGBA" if transparent and content_type != "image/jpeg" else "RGB")
    except Image.DecompressionBombError:
        raise Refused("pixels") from None
    plain.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    if orientation in range(2, 9):
        fresh.getexif()[0x0112] = orientation
        fresh = ImageOps.exif_transpose(fresh)
        fresh.info.clear()
    out = io.BytesIO()
    fresh.save(out, format=content_type.partition("/")[2].upper(), **options, exif=b"")
    return {"content_type": content_type, "pages": 1}, out.getvalue()


def pdf(given: bytes) -> tuple[dict[str, Any], bytes]:
    """Every page painted, and a new document of these pictures. PDFium has no JavaScript here, and follows no link."""
    import pypdfium2  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(given)
    except pypdfium2.PdfiumError as error:
        raise Refused("password" if "password" in str(error).lower() else "damaged") from None
    if not len(document):
        raise Refused("damaged")
    if len(document) > MAX_PAGES:
        raise Refused("pages")
    document.init_forms()  # what was typed into a form is shown, too
    made = pypdfium2.PdfDocument.new()
    for number in range(len(document)):
        page = document[number]
        width, height = page.get_size()
        if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
            raise Refused("damaged")
        painted = io.BytesIO()
        scale = min(PAGE_SIDE / max(width, height), 4)
        page.render(scale=scale, no_smoothtext=False).to_pil().convert("RGB").save(
            painted, "JPEG", quality=82, optimize=True
        )
        page.close()
        picture = pypdfium2.PdfImage.new(made)
        painted.seek(0)
        picture.load_jpeg(painted, inline=True)
        picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        fresh = made.new_page(width, height)
        fresh.insert_obj(picture)
        fresh.gen_content()
        fresh.close()
    out = io.BytesIO()
    made.save(out)
    return {"content_type": "application/pdf", "pages": len(document)}, out.getvalue()


def main(kind: str) -> None:
    given = sys.stdin.buffer.read()
    try:
        facts, content = {"picture": picture, "pdf": pdf}[kind](given)
    except Refused as refused:
        facts, content = {"refused": str(refused)}, b""
    except Exception:  # noqa: BLE001 - a hostile file may end in any error; its words are of no use to anybody
        facts, content = {"refused": "damaged"}, b""
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(sys.argv[1])
