"""The browser packages that npm installs: there, or one clear sentence."""

import json
import os
from pathlib import Path

from huigong.cli.trouble import Trouble

_REPO = Path(__file__).resolve().parents[2]


def check_packages() -> None:
    """Refuse when a package that pages need is not installed."""
    folder = Path(os.environ.get("HUIGONG_NODE_MODULES") or _REPO / "node_modules")
    missing = [name for name in _wanted() if not (folder / name / "package.json").is_file()]
    if missing:
        raise Trouble(
            f"缺少前端软件包 {'、'.join(missing)}；请联网后在项目目录执行 make run（它会安装到 {folder}）。"
        )


def _wanted() -> list[str]:
    return list(json.loads((_REPO / "package.json").read_text())["dependencies"])
