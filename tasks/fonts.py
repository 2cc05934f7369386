"""The fonts of our PDFs: a small Chinese subset made once from the font wheel, and a fontconfig that knows no other.

The subset holds GB2312, Latin, punctuation and characters that are common in names. A text with a rarer character uses
the wheel's whole font beside it. The system's fonts are never asked: what they hold differs between machines, and
a search through them for one missing character has cost others most of a minute.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import justmytype_intl_cjk
from django.conf import settings
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FAMILY = "Xinqiao Sans"
WEIGHTS = {"Regular": 400, "Bold": 700}
RECIPE = 1
"""Raise it when the subset is made differently: a new one is made beside the old one."""

_NAME_CHARACTERS = (
    "喆堃镕翀玥珺昇焱甯祎頔赟晞婳璟燊瑄玙珮琇琤瑀瑨瑢璠璇璐璘璨珏珣珩珪珝珞玗玘琬琯琰瑷晟昳昶晔晗晖暐暄曈曌"
    "炜炘烜烨焓煊熠燚鑫钰铄铖锴锟镔滢潆漪淏淯湉溦滟瀚灏沣沄泓泠洺洢浠涵淇翊翎翡羿翾赪赟骁骐骞骥鹂鹓鹭"
    "芃芊芮芷苡茗茜荞荟莀莜莨菀菡萱葳蓁蓥蕙蕴薇薏藜偲俣俤倬倩傒僖姝姞姣娅娴婧婵嫄嫣嬿孛孜宥宬寔寰"
    "峣峤崚嵘嶷巽帏弈弢彧彣徕忻怡恺悦惇惟慜憬懿扬抒挚敔斐旻昀昕昱杲枞柏柠栩桢桐梓梣棣椿楠榕槿樾檀"
    "歆殊毓沁沐泽洵洸浚涂湜湲潇澄澍濬烁煜熙燏爔牧犇玺珉珅琨琪琳瑜瑶瑾璋璞璧瓒畅皓睿睦瞳矜碩磊祉祐祺禛"
    "禹秾稷穆竑竣笙筠筱箐篪粟綦綮纮纾绎绡缃缇罡翚耘聪胤臻舜舸芾"
)


class FontMissing(RuntimeError):
    """The wheel with the fonts is not what we know."""


def source_font() -> Path:
    """The whole font: Noto Sans SC with its weight axis, under the Open Font License."""
    folder = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl" / "notosanssc"
    found = sorted(folder.glob("*.ttf"))
    if not found:
        raise FontMissing(f"No font in {folder}: install justmytype-intl-cjk again.")
    return found[0]


def fonts_folder() -> Path:
    return Path(settings.VAR) / "fonts"


def subset_folder() -> Path:
    """Where this recipe's subset of this wheel's font lies."""
    source = source_font()
    made_of = f"{RECIPE}:{source.name}:{source.stat().st_size}:{_NAME_CHARACTERS}:{sorted(WEIGHTS.items())}"
    return fonts_folder() / f"sc-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"


def common_characters() -> set[int]:
    """What the subset is asked to hold."""
    found = {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028)}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    found |= set(map(ord, _NAME_CHARACTERS)) | set(map(ord, "○●◐◑☆★□■△▲▽▼◇◆√×÷±≤≥≈≠→←↑↓¥℃①②③④⑤⑥⑦⑧⑨⑩‰℃"))
    return found


def prepare() -> bool:
    """Make the subset if it is not there; whether it was made now. Two processes at once make it once."""
    if subset_folder().exists():
        return False
    with _one_at_a_time():
        target = subset_folder()
        if target.exists():
            return False
        making = Path(tempfile.mkdtemp(prefix="making-", dir=fonts_folder()))
        try:
            _make_subset(making)
            # All or nothing: nobody ever sees half a folder.
            making.rename(target)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    return True


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    fonts_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (fonts_folder() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_subset(folder: Path) -> None:
    options = subset.Options()
    options.layout_features = ["kern", "ccmp", "locl", "mark", "mkmk"]
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "BASE"]
    with TTFont(source_font(), lazy=True) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=common_characters())
        cutter.subset(font)
        font.save(folder / "variable.ttf")
    for style, weight in WEIGHTS.items():
        with TTFont(folder / "variable.ttf") as font:
            fixed = instancer.instantiateVariableFont(font, {"wght": weight})
            _rename(fixed, style)
            fixed.save(folder / f"{style}.ttf")
    (folder / "variable.ttf").unlink()


def _rename(font: TTFont, style: str) -> None:
    """A family name of our own, so that no other font of the machine can be meant."""
    names = {1: FAMILY, 2: style, 4: f"{FAMILY} {style}", 6: f"XinqiaoSans-{style}", 16: FAMILY, 17: style}
    table = font["name"]
    for record in list(table.names):
        if record.nameID not in (0, 5, 13, 14):
            table.removeNames(nameID=record.nameID)
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    bold = style == "Bold"
    font["OS/2"].usWeightClass = WEIGHTS[style]
    font["OS/2"].fsSelection = 0x20 if bold else 0x40
    font["head"].macStyle = 1 if bold else 0


@cache
def _shown_by(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())


def shown_by_subset() -> frozenset[int]:
    return _shown_by(subset_folder() / "Regular.ttf")


def shown_by_whole_font() -> frozenset[int]:
    return _shown_by(source_font())


def is_drawn(character: str) -> bool:
    """Whether a character needs a glyph: blanks, controls, joiners and variation selectors do not."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Zs", "Zl", "Zp"} and not (
        0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
    )


def fontconfig_file(*, whole: bool) -> Path:
    """The configuration that names our fonts' folders and nothing else; written beside them."""
    prepare()
    folders = [subset_folder(), *([source_font().parent] if whole else [])]
    cache_folder = fonts_folder() / "cache"
    text = "\n".join(
        [
            '<?xml version="1.0"?>',
            '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
            "<fontconfig>",
            *(f"<dir>{escape(str(folder))}</dir>" for folder in folders),
            f"<cachedir>{escape(str(cache_folder))}</cachedir>",
            "</fontconfig>",
        ]
    )
    path = subset_folder() / ("whole.conf" if whole else "subset.conf")
    if not path.exists() or path.read_text() != text:
        made = path.with_suffix(f".{os.getpid()}")
        made.write_text(text)
        made.replace(path)
    return path
