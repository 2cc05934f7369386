"""Step 1 of the day: an editor writes, previews and publishes; a parent without an account finds it."""

import os
from pathlib import Path

import pytest
from django.utils import translation
from PIL import Image
from playwright.sync_api import Page, expect

from content.blocks import GUIDANCE_BLOCKS

pytestmark = pytest.mark.browser

TITLE = "孩子一考试就紧张，怎么陪"
SLOW_SAVING = """() => {
  addEventListener('w-autosave:save', () => { document.documentElement.dataset.savingBegan = ''; });
  const fetchNow = window.fetch;
  window.fetch = async (address, options) => {
    if (options?.method === 'post' && /pages\\/(add|\\d+\\/edit)/.test(address)) await new Promise((done) => setTimeout(done, 1200));
    return fetchNow(address, options);
  };
}"""
LEFT_BEHIND = """() => addEventListener('pagehide', () => sessionStorage.setItem(
  'left behind', document.querySelectorAll('form input[type=hidden][name=action-publish]').length))"""
SAID = "考成什么样，你都是我的宝贝"


def test_an_article_is_written_previewed_published_and_found_by_anyone(visit, tmp_path: Path):
    editor = visit("editor")
    editor.goto("/admin/")
    editor.get_by_role("link", name="写一篇文章").click()
    editor.fill("#id_title", TITLE)
    editor.fill("#id_summary", "考试前的紧张是常见的情绪。读完您会知道怎么说，什么时候需要更多帮助。")
    editor.select_option("#id_topic", label="情绪")
    choose_new_picture(editor, picture(tmp_path))
    add_block(editor, "text")
    write(editor, "紧张的时候，身体会先知道：手心出汗，肚子疼，睡不好。")
    add_block(editor, "say")
    editor.locator("input[type=text][name*='-better-']").fill(SAID)
    editor.locator("input[type=text][name*='-worse-']").fill("别人都不紧张，就你紧张")
    add_block(editor, "help_now")
    preview(editor)

    reader = visit(None, phone=True)
    reader.goto("/parents/")
    expect(reader.get_by_text(TITLE)).to_have_count(0)

    # The editor saves the draft by itself: pressed meanwhile, publishing waits for it.
    editor.evaluate(SLOW_SAVING)
    editor.evaluate(LEFT_BEHIND)
    editor.fill("#id_summary", "考试前的紧张是常见的情绪。读完您会知道怎么说、怎么陪，什么时候需要更多帮助。")
    editor.get_by_role("button", name="更多动作").click()
    editor.wait_for_selector("html[data-saving-began]")
    editor.get_by_role("button", name="发布").click()
    editor.wait_for_url(lambda address: "/edit/" not in address and "/add/" not in address)
    expect(editor.locator(".messages")).to_contain_text(TITLE)
    # Who goes back finds a form that a press on "save" does not publish.
    assert editor.evaluate("sessionStorage.getItem('left behind')") == "0"

    reader.goto("/")
    expect(reader.get_by_role("link", name=TITLE).first).to_be_visible()
    parent = visit("parent", phone=True)
    for someone in (reader, parent):
        someone.goto("/")
        search(someone, "情绪")
        someone.get_by_role("main").get_by_role("link", name=TITLE).first.click()
        expect(someone.get_by_role("heading", level=1)).to_have_text(TITLE)
        expect(someone.get_by_role("main")).to_contain_text(SAID)
        expect(someone.get_by_role("main").locator("a[href='tel:12356']").first).to_be_visible()
        cover = someone.get_by_role("main").locator("img").first
        assert cover.evaluate("img => img.complete && img.naturalWidth > 0"), "the picture is there"
        assert "浅绿色" in cover.get_attribute("alt")


def picture(folder: Path) -> Path:
    path = folder / "calm.png"
    Image.new("RGB", (1600, 900), tuple(os.urandom(3))).save(path)
    return path


def choose_new_picture(editor: Page, path: Path) -> None:
    """Through Wagtail's own window: upload, say what it shows, take it."""
    editor.get_by_role("button", name="选择一个图片").first.click()
    window = editor.locator(".modal-content")
    window.get_by_role("tab", name="上传").click()
    window.locator("input[type=file]").set_input_files(path)
    window.locator("input[name$=title]").fill("一片安静的浅绿色")
    window.locator("input[name$=description]").fill("一片安静的浅绿色")
    window.get_by_role("button", name="上传").click()
    expect(window).to_be_hidden()


def search(page: Page, words: str) -> None:
    box = page.locator("input[type=search][name=q]:visible").first
    box.fill(words)
    box.press("Enter")
    page.wait_for_url("**/search/**")


def add_block(editor: Page, name: str) -> None:
    """Open the list of blocks below the last one and take this kind by its Chinese name."""
    with translation.override("zh-hans"):
        label = str(dict(GUIDANCE_BLOCKS)[name].label)
    editor.locator("[data-contentpath=body] .c-sf-add-button").last.click()
    editor.get_by_role("option", name=label).first.click()


def write(editor: Page, words: str) -> None:
    editor.locator("[data-contentpath=body] .public-DraftEditor-content").last.click()
    editor.keyboard.type(words)


def preview(editor: Page) -> None:
    editor.get_by_role("button", name="预览").first.click()
    frame = editor.frame_locator("#w-preview-iframe")
    expect(frame.locator("h1")).to_have_text(TITLE)
    expect(frame.locator("body")).to_contain_text(SAID)
