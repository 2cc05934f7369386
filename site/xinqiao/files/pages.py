"""The pages of a paper as pictures: WeChat shows no PDF, and a long press saves a picture.

A kept PDF was written by ourselves, one JPEG a page, so a page is that JPEG as it lies in it.
"""

from __future__ import annotations

import pypdfium2

from tasks.pdf import pdfium
from xinqiao.files.models import ContentType


def page_picture(content: bytes, content_type: str, page: int) -> tuple[bytes, str]:
    """One page, from 1, and its content type.

    Raises:
        IndexError: it has no such page.
    """
    if content_type != ContentType.PDF:
        if page != 1:
            raise IndexError(page)
        return content, content_type
    with pdfium():
        document = pypdfium2.PdfDocument(content)
        try:
            if not 1 <= page <= len(document):
                raise IndexError(page)
            sheet = document[page - 1]
            picture = next(sheet.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=1))
            return bytes(picture.get_data(decode_simple=False)), ContentType.JPEG
        finally:
            document.close()
