"""A roster of 50,000 children with errors looked for, first import and again, against a bare COPY of the same rows."""

import contextlib
import datetime
import gc
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import xlsxwriter
from django.db import connection

from benchmarks.measure import Figure
from xinqiao.school.models import School
from xinqiao.school.roster.apply import import_roster

CHILDREN = 50_000
SECONDS = 3.0
MEBIBYTES = 250
_HEADINGS = ["学号", "姓名", "性别", "出生日期", "年级", "班级", "监护人姓名", "关系", "监护人电话"]
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "安宁乐童晨曦月溪岚禾青苗书言知行景明朗清和若心云舒子涵雨桐思源星辰初夏秋实冬阳嘉木怀瑾文博雅"


def measure() -> Iterator[Figure]:
    school = School.objects.create(name="五万人小学", short_name="五万")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "roster.xlsx"
        rows = _write(path)
        floor = _bare_copy(rows)
        del rows
        gc.collect()
        with _Watch() as watch:
            first, plan = _timed(school, path)
            assert plan == {"created": CHILDREN, "updated": 0, "unchanged": 0, "left": 0}
            again, plan = _timed(school, path)
            assert plan == {"created": 0, "updated": 0, "unchanged": CHILDREN, "left": 0}
        # Half of the rows wrong: every error found and none written.
        _write(path, wrong=0.5)
        errors, plan = _timed(school, path)
    yield Figure("roster of 50,000, first import", first, "s", floor, f"{SECONDS:.0f} s", first <= SECONDS)
    yield Figure("roster of 50,000, again", again, "s", floor, f"{SECONDS:.0f} s", again <= SECONDS)
    yield Figure("roster of 50,000, half of it wrong", errors, "s", floor, f"{SECONDS:.0f} s", errors <= SECONDS)
    yield Figure(
        "roster of 50,000, memory with its reader",
        watch.grown,
        "MiB",
        watch.before,
        f"{MEBIBYTES} MiB more than before",
        watch.grown <= MEBIBYTES,
    )


def _timed(school: School, path: Path) -> tuple[float, dict[str, int]]:
    began = time.perf_counter()
    counts = import_roster(school=school, path=path, by=None).counts()
    return time.perf_counter() - began, counts


class _Watch(threading.Thread):
    """How much memory this process and the reader that it starts take together, above what it had."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process()
        self.before = self.peak = self._now()
        self.done = threading.Event()

    def _now(self) -> float:
        total = self.process.memory_info().rss
        for child in self.process.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                # Between fork and exec a child shows its parent's pages as its own.
                if "sheet_program" in " ".join(child.cmdline()):
                    total += child.memory_info().rss
        return total / 1024 / 1024

    def run(self) -> None:
        while not self.done.wait(0.02):
            self.peak = max(self.peak, self._now())

    def __enter__(self) -> "_Watch":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.done.set()
        self.join()
        self.grown = self.peak - self.before


def _write(path: Path, wrong: float = 0.0) -> list[list[str]]:
    generator = random.Random(50_000)
    rows = [_row(number, generator, wrong) for number in range(CHILDREN)]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, _HEADINGS)
        for place, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                sheet.write_string(place, column, value)
    return rows


def _row(number: int, generator: random.Random, wrong: float) -> list[str]:
    def name() -> str:
        return generator.choice(_SURNAMES) + "".join(generator.sample(_GIVEN, 2))

    grade = number % 6
    born = datetime.date(2019 - grade, 9, 1) + datetime.timedelta(days=generator.randrange(365))
    row = [f"2026{number:06d}", name(), generator.choice("男女"), f"{born:%Y-%m-%d}", f"{'一二三四五六'[grade]}年级"]
    row += [f"{number // 6 % 40 + 1}班", name(), "母亲", f"13{number:09d}"]
    if generator.random() < wrong:
        row[2], row[3], row[8] = "x", "2018-02-30", "12"
    return row


def _bare_copy(rows: list[list[str]]) -> float:
    """The same text into one bare table without keys: what the database alone takes."""
    with connection.cursor() as cursor:
        columns = ", ".join(f"c{place} text" for place in range(len(_HEADINGS)))
        cursor.execute(f"CREATE TABLE bare_roster ({columns})")
        began = time.perf_counter()
        with cursor.copy("COPY bare_roster FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        spent = time.perf_counter() - began
        cursor.execute("DROP TABLE bare_roster")
    return spent
