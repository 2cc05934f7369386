"""A new key reaches papers through their rows: contents stay where they lie and open under the new key alone."""

import base64
import io
import secrets

import pytest

from tests.factories import cases, files
from xinqiao.crypto.keyring import SealBroken
from xinqiao.crypto.rotation import rotate
from xinqiao.files.attach import attach
from xinqiao.files.intake import clean_paper
from xinqiao.files.models import SealedFile
from xinqiao.files.reading import content_of

pytestmark = pytest.mark.django_db
LINES = {name: f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}\n" for name in ("k1", "k2")}


@pytest.fixture
def keys(tmp_path, settings):
    path = tmp_path / "keys"
    path.touch(0o600)
    settings.XINQIAO_KEYS_FILE = str(path)
    return lambda *names: path.write_text("".join(LINES[name] for name in names))


def test_papers_open_under_the_new_key_alone_and_no_content_was_written_again(keys, lying):
    keys("k1")
    people = cases.SchoolWithPeople()
    case = cases.a_case(people)
    clean = clean_paper(io.BytesIO(files.photo()), "家长来信.jpg")
    papers = [attach(clean, to=case, kind="case-paper", by=people.counselor) for _each in range(3)]
    before = {path: path.stat().st_mtime_ns for path in lying()}

    keys("k2", "k1")
    stopped = rotate(batch=1, stop=iter([False, False, True, *[True] * 99]).__next__)
    assert stopped.stopped
    assert all(content_of(SealedFile.objects.get(pk=paper.pk)) == clean.content for paper in papers)
    assert rotate().left == 0

    keys("k2")
    for paper in papers:
        assert content_of(SealedFile.objects.get(pk=paper.pk)) == clean.content
    assert {path: path.stat().st_mtime_ns for path in lying()} == before

    keys("k1")
    with pytest.raises(SealBroken):
        content_of(SealedFile.objects.get(pk=papers[0].pk))
