"""The upload form for documents, wherever Wagtail adds one: the shelf, the chooser, several at once."""

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm

from content.documents.checking import DocumentRefused, check_document


class DocumentForm(BaseDocumentForm):
    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            try:
                check_document(file, file.name)
            except DocumentRefused as refused:
                raise ValidationError(str(refused), code="refused") from refused
        return file
