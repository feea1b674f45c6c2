"""The system account that PostgreSQL runs as, and what that account can reach."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huigong.cli.trouble import Trouble

SYSTEM_USER = "huigong"


@dataclass(frozen=True)
class Owner:
    """An account by number: ourselves, or the system user when we are root."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """True when a process has to change its account to become this owner."""
        return self.uid != os.geteuid()

    @property
    def popen(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a program as this owner, nowhere it may not stand."""
        switch = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}
        return {"cwd": "/", "umask": 0o077, **switch}

    def may(self, mode: str, path: Path) -> bool:
        """Whether this owner may "-x" enter or run, "-r" read `path`. Asks the kernel, so ACLs count."""
        return subprocess.run(["/usr/bin/test", mode, str(path)], **self.popen, check=False).returncode == 0

    def make_directory(self, path: Path) -> None:
        """Make `path`, which must not exist, as a private directory of this owner."""
        path.mkdir(mode=0o700)
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def find_owner() -> Owner:
    """Ourselves; as root the system user `huigong`, made when missing, because PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    try:
        found = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        found = _make_system_user()
    if found.pw_uid == 0:
        raise Trouble(
            f"系统用户 {SYSTEM_USER} 的编号是 0(root)，PostgreSQL 不能用它运行；请改用普通用户启动。"
        )
    return Owner(found.pw_uid, found.pw_gid)


def _make_system_user() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        if useradd is None:
            raise OSError("no useradd")
        subprocess.run(
            [useradd, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise Trouble(
            f"PostgreSQL 不能以 root 运行，而系统用户 {SYSTEM_USER} 又建不出来；"
            f"请先执行 useradd --system {SYSTEM_USER}，或改用普通用户启动，或设置 DATABASE_URL。"
        ) from error
