"""Says of a PDF on standard input whether it is `plain` or `active`, in a process of its own: `python pdf_program.py < FILE`.

It knows nothing of the product, so that it starts at once, and has limits of memory and time.
"""

import resource
import sys

_MEMORY = 1024 * 1024 * 1024
_SECONDS = 40
_LAUNCH = 4
_MAX_PAGES = 500


def main() -> None:
    import pypdfium2  # noqa: PLC0415
    from pypdfium2 import raw  # noqa: PLC0415

    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    pages = len(document)
    if not pages:
        raise SystemExit(1)
    active = raw.FPDFDoc_GetJavaScriptActionCount(document) or raw.FPDFDoc_GetAttachmentCount(document)
    for number in range(min(pages, _MAX_PAGES)):
        page = document[number]
        for at in range(raw.FPDFPage_GetAnnotCount(page)):
            annotation = raw.FPDFPage_GetAnnot(page, at)
            link = raw.FPDFAnnot_GetLink(annotation)
            action = raw.FPDFLink_GetAction(link) if link else None
            active = active or (action and raw.FPDFAction_GetType(action) == _LAUNCH)
            raw.FPDFPage_CloseAnnot(annotation)
        page.close()
    sys.stdout.write("active" if active else "plain")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
