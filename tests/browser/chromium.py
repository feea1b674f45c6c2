"""The browser of tests and of pictures: Debian's Chromium."""

import os
import shutil

import pytest

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def chromium_path() -> str:
    """Debian's chromium: Playwright cannot fetch a browser of its own here."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.fail("没有找到 chromium，请先安装：apt-get install chromium fonts-noto-cjk", pytrace=False)
    return chromium
