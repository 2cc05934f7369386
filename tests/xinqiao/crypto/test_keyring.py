"""The key ring: what it seals, what it refuses, and what a bad keys file is answered with."""

import base64
import json
import multiprocessing
import os
import secrets
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.crypto.keyfile import read_keys
from xinqiao.crypto.keyring import KeyRing, SealBroken, key_ring

OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)
ring = KeyRing({"k2": NEW, "k1": OLD})
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def line(key_id: str, key: bytes) -> str:
    return f"{key_id}:{base64.b64encode(key).decode()}\n"


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    path.touch(0o600)
    return path


@given(texts, st.text(min_size=1, max_size=40))
def test_what_is_sealed_for_a_place_is_read_back_there(text, place):
    assert ring.decrypt(ring.encrypt(text, bound_to=place), bound_to=place) == text


@given(texts, st.text(max_size=20), st.text(max_size=20))
def test_a_value_moved_to_another_place_is_refused(text, place, other):
    sealed = ring.encrypt(text, bound_to=place)
    if place != other:
        with pytest.raises(SealBroken):
            ring.decrypt(sealed, bound_to=other)


@given(st.text(min_size=1, max_size=60), st.data())
def test_a_value_with_one_changed_byte_is_refused(text, data):
    sealed = ring.encrypt(text, bound_to="t.c.1")
    head, body = sealed[: sealed.rindex(".") + 1], bytearray(base64.b64decode(sealed.rpartition(".")[2]))
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        ring.decrypt(head + base64.b64encode(bytes(body)).decode(), bound_to="t.c.1")


@given(st.text(max_size=60))
def test_what_is_no_sealed_value_at_all_is_refused_by_name(rubbish):
    with pytest.raises(SealBroken):
        ring.decrypt(rubbish, bound_to="t.c.1")


def test_the_refusal_shows_neither_the_text_nor_a_key():
    sealed = ring.encrypt("她说晚上睡不着", bound_to="t.c.1")
    with pytest.raises(SealBroken) as refused:
        ring.decrypt(sealed, bound_to="t.c.2")
    assert "睡不着" not in str(refused.value)
    assert sealed.rpartition(".")[2] not in str(refused.value)


def test_the_same_text_is_never_sealed_twice_alike():
    assert len({ring.encrypt("同一句话", bound_to="t.c.1") for _ in range(50)}) == 50


def test_the_newest_key_seals_and_the_older_one_still_reads():
    written_before = KeyRing({"k1": OLD}).encrypt("从前", bound_to="t.c.1")
    assert ring.decrypt(written_before, bound_to="t.c.1") == "从前"
    assert ring.encrypt("现在", bound_to="t.c.1").startswith("x1.k2.")


def test_a_key_that_left_the_ring_is_named():
    with pytest.raises(SealBroken, match="'k2'"):
        KeyRing({"k1": OLD}).decrypt(ring.encrypt("x", bound_to="t.c.1"), bound_to="t.c.1")


def test_a_keys_file_is_read_newest_first_past_blank_lines_and_remarks(keys_file):
    keys_file.write_text("# rotated in autumn\n\n" + line("k2", NEW) + line("k1", OLD))
    assert list(read_keys(keys_file)) == ["k2", "k1"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no key"),
        (b"# only a remark\n", "holds no key"),
        (b"k1:not base64!\n", "Line 1"),
        (b"k1:" + base64.b64encode(b"short") + b"\n", "Line 1"),
        (b"Key One:" + base64.b64encode(OLD) + b"\n", "Line 1"),
        (base64.b64encode(OLD) + b"\n", "Line 1"),
        (line("k1", OLD).encode() * 2, "Line 2"),
        (b"\xff\xfe\x00k\x001", "no text of lines"),
    ],
    ids=["empty", "only-remarks", "not-base64", "short", "bad-name", "no-name", "twice", "binary"],
)
def test_a_bad_keys_file_is_one_clear_sentence_without_a_key(keys_file, content, says):
    keys_file.write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match=says) as refused:
        read_keys(keys_file)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert base64.b64encode(OLD).decode() not in sentence


def test_a_missing_keys_file_is_one_clear_sentence(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="cannot be read: No such file"):
        read_keys(tmp_path / "nowhere")


def test_a_keys_file_open_to_everybody_is_refused_with_the_line_to_type(keys_file):
    keys_file.write_text(line("k1", OLD))
    keys_file.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        read_keys(keys_file)


def _ring_of(var: str, barrier, answers) -> None:
    from django.conf import settings

    settings.VAR = Path(var)
    barrier.wait()
    answers.put(key_ring().encrypt("同时", bound_to="t.c.1"))


def test_processes_that_make_the_demo_key_at_once_end_with_the_same_key(tmp_path):
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(4), context.Queue()
    processes = [context.Process(target=_ring_of, args=(str(tmp_path), barrier, answers)) for _ in range(4)]
    for process in processes:
        process.start()
    sealed = [answers.get(timeout=30) for _ in processes]
    for process in processes:
        process.join(30)
    on_disk = KeyRing(read_keys(tmp_path / "keys"))
    assert [on_disk.decrypt(value, bound_to="t.c.1") for value in sealed] == ["同时"] * 4
    assert os.listdir(tmp_path) == ["keys"]


def test_outside_of_the_demo_a_missing_setting_is_one_clear_sentence(settings):
    settings.DEMO, settings.XINQIAO_KEYS_FILE = False, ""
    with pytest.raises(ImproperlyConfigured, match="Set XINQIAO_KEYS_FILE"):
        key_ring()


def test_make_keys_writes_a_file_for_its_owner_only(tmp_path, capsys):
    path = tmp_path / "school.keys"
    call_command("make_keys", str(path), "--json")
    said = json.loads(capsys.readouterr().out)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(read_keys(path)) == [said["key"]]
    assert base64.b64encode(read_keys(path)[said["key"]]).decode() not in json.dumps(said)


def test_make_keys_leaves_an_existing_file_as_it_is(tmp_path):
    path = tmp_path / "school.keys"
    call_command("make_keys", str(path))
    before = path.read_bytes()
    with pytest.raises(CommandError, match="left as it is"):
        call_command("make_keys", str(path))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["school.keys"]


def test_make_keys_says_where_it_cannot_write(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("make_keys", str(tmp_path / "no" / "such" / "folder"))


def test_make_keys_adds_a_key_above_the_others_and_keeps_the_files_permissions(tmp_path, capsys):
    path = tmp_path / "school.keys"
    call_command("make_keys", str(path))
    path.chmod(0o640)
    old = list(read_keys(path).items())
    capsys.readouterr()
    call_command("make_keys", str(path), "--add", "--json")
    new = json.loads(capsys.readouterr().out)["key"]
    assert list(read_keys(path).items())[1:] == old
    assert next(iter(read_keys(path))) == new
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["school.keys"]


def test_make_keys_adds_nothing_to_a_file_that_is_no_keys_file(tmp_path):
    path = tmp_path / "school.keys"
    path.touch(0o600)
    path.write_text("notes\n")
    with pytest.raises(CommandError, match="Line 1"):
        call_command("make_keys", str(path), "--add")
    assert path.read_text() == "notes\n"


def test_a_running_process_takes_up_a_new_key_without_a_restart(keys_file, settings):
    keys_file.write_text(line("k1", OLD))
    settings.XINQIAO_KEYS_FILE = str(keys_file)
    sealed = key_ring().encrypt("甲", bound_to="t.c.1")
    keys_file.write_text(line("k2", NEW) + line("k1", OLD))
    assert key_ring().current == "k2"
    assert key_ring().decrypt(sealed, bound_to="t.c.1") == "甲"


def test_a_half_edited_keys_file_stops_nobody_who_is_at_work(keys_file, settings, caplog):
    keys_file.write_text(line("k1", OLD))
    settings.XINQIAO_KEYS_FILE = str(keys_file)
    assert key_ring().current == "k1"
    keys_file.write_text("k2:half a li")
    assert key_ring().current == key_ring().current == "k1"
    keys_file.unlink()
    assert key_ring().current == "k1"
    assert len([entry for entry in caplog.records if "going on with the keys" in entry.message]) == 2


@given(texts, texts)
def test_fingerprints_are_equal_for_equal_texts_and_for_nothing_else(one, other):
    assert (ring.fingerprints(one, of="t.c") == ring.fingerprints(other, of="t.c")) == (one == other)
    assert not set(ring.fingerprints(one, of="t.c")) & set(ring.fingerprints(one, of="t.d"))
    assert ring.fingerprints(one, of="t.c")[1:] == KeyRing({"k1": OLD}).fingerprints(one, of="t.c")
