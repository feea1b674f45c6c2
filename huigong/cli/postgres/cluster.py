"""One PostgreSQL cluster: made once, started and stopped with us, recovered after a crash."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from huigong.cli.lifeline import lifeline
from huigong.cli.postgres.owner import Owner, find_owner
from huigong.cli.postgres.programs import MAJOR, find_programs, make_shelter
from huigong.cli.trouble import Trouble

DATABASE = ROLE = "huigong"
Pause = Callable[[float], None]

_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 107
_LOG_LIMIT = 10 * 1024 * 1024
_FOR_A_SMALL_BOX = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "60",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_timezone": "Asia/Shanghai",
    "timezone": "UTC",
    "log_min_duration_statement": "1s",
    # Values of personal data stay out of the log: no parameters, no "failing row contains".
    "log_parameter_max_length": "0",
    "log_error_verbosity": "terse",
}
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


class Cluster:
    """The cluster in `folder`. Only the holder of the data directory's lock may start it."""

    def __init__(self, folder: Path, *, log: Path, owner: Owner, programs: Path) -> None:
        self.folder = folder
        self.programs = programs
        self._log = log
        self._owner = owner
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the server process that we started."""
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        """Whether the server process that we started is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def sockets(self) -> Path:
        """The private directory of the Unix socket: the cluster itself, or a short one when that path is too long."""
        if len(os.fsencode(self.folder / _SOCKET)) <= _SOCKET_PATH_LIMIT:
            return self.folder
        return Path(tempfile.gettempdir(), f"huigong-{sha256(os.fsencode(self.folder)).hexdigest()[:12]}")

    @property
    def url(self) -> str:
        """The DATABASE_URL of the application's role and database."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    @property
    def exists(self) -> bool:
        """Whether the cluster has been made."""
        try:
            return (self.folder / "PG_VERSION").exists()
        except PermissionError as error:
            raise Trouble(f"数据库目录 {self.folder} 属于别的用户；请用原来的用户启动。") from error

    def make(self) -> None:
        """Make cluster, role and database; all or nothing, so a killed first start leaves no half cluster."""
        draft = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        self._owner.make_directory(draft)
        settings = [part for name, value in _FOR_A_SMALL_BOX.items() for part in ("-c", f"{name}={value}")]
        self._run(
            "initdb", "-D", str(draft), "-U", "postgres", "-E", "UTF8", "--no-instructions",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--auth-local=trust", "--auth-host=reject", *settings,
        )  # fmt: skip
        # An ordinary role, as on a database server of one's own: row-level security must bind the application.
        self._run(
            "postgres", "--single", "-D", str(draft), "-c", "exit_on_error=on", "postgres",
            stdin=f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE\nCREATE DATABASE {DATABASE} OWNER {ROLE}\n",
        )  # fmt: skip
        draft.rename(self.folder)

    def start(self, *, settings: Sequence[str] = (), pause: Pause = time.sleep) -> None:
        """Start the server and return when it answers. Recovers by itself after a crash or a kill."""
        self._check_version()
        if self._process:
            self._process.wait(20)  # it was killed; buried here
        self._await_departure(pause)
        self._log.parent.mkdir(mode=0o700, exist_ok=True)
        if self._log.exists() and self._log.stat().st_size > _LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".old.log"))
        fixed = ["listen_addresses=", f"unix_socket_directories={self._make_sockets()}", *settings]
        with self._log.open("ab") as log:
            begin = log.tell()
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder, *(f"--{setting}" for setting in fixed)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_ENVIRONMENT,
                start_new_session=True,
                # Not the gentle SIGINT: one that arrives while the server recovers from a crash leaves it hanging.
                preexec_fn=lifeline(signal.SIGQUIT),
                **self._owner.popen,
            )
        self._await_ready(begin, pause)

    def stop(self, *, patience: float = 30.0) -> None:
        """Shut down cleanly within `patience` seconds, else at once; no committed row is lost either way."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait()

    def _check_version(self) -> None:
        version = (self.folder / "PG_VERSION").read_text().strip()
        if version != str(MAJOR):
            raise Trouble(
                f"数据目录里的数据库是 PostgreSQL {version}，本程序带的是 {MAJOR}；"
                "请先用旧版本导出，再导入（见 docs/operations.md）。"
            )

    def _await_departure(self, pause: Pause) -> None:
        """Let a killed predecessor's processes leave, then drop lock files whose number may be a stranger's now."""
        deadline = time.monotonic() + 20
        while inhabitants := _inhabitants(self.folder):
            if time.monotonic() > deadline:
                raise Trouble(f"数据库已由别的程序启动（进程 {inhabitants[0]}）；请先停止它。")
            pause(0.05)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (self.sockets / f"{_SOCKET}.lock").unlink(missing_ok=True)

    def _await_ready(self, log_begin: int, pause: Pause) -> None:
        assert self._process
        note = self.folder / "postmaster.pid"
        while self._process.poll() is None:
            try:
                lines = note.read_text().splitlines()
            except FileNotFoundError:
                lines = []
            if len(lines) > 7 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready":
                return
            pause(0.02)
        self._process = None
        with self._log.open("rb") as log:
            log.seek(log_begin)
            said = log.read().decode(errors="replace").splitlines()
        reason = next((line.split("FATAL:", 1)[1].strip() for line in said if "FATAL:" in line), "原因不明")
        raise Trouble(f"内置数据库启动失败：{reason}（日志在 {self._log}）。")

    def _make_sockets(self) -> Path:
        sockets = self.sockets
        if sockets == self.folder:
            return sockets
        try:
            self._owner.make_directory(sockets)
        except FileExistsError:
            found = sockets.lstat()
            if found.st_uid != self._owner.uid or found.st_mode & 0o777 != 0o700 or sockets.is_symlink():
                raise Trouble(f"{sockets} 已被别人占用，不能用来放数据库的连接口；请删除它。") from None
        return sockets

    def _run(self, program: str, *arguments: str, stdin: str = "") -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
            env=_ENVIRONMENT,
            preexec_fn=lifeline(signal.SIGKILL),
            start_new_session=True,
            **self._owner.popen,
        )
        if done.returncode != 0:
            reason = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise Trouble(f"建立内置数据库失败：{reason[-1] if reason else program}")


def cluster_of(data: Path) -> Cluster:
    """The cluster of data directory `data`, made when missing.

    As root the server runs as a system user. Where that user cannot reach `data`, the cluster lies under
    `SHELTER` and `data/postgres` is a link to it; the modes of `data` and of its parents stay as they are.
    """
    owner = find_owner()
    programs = find_programs(owner)
    log = data / "logs" / "postgres.log"
    home = data.resolve() / "postgres"
    if home.is_symlink() and not home.exists():
        raise Trouble(
            f"{home} 指向的数据库目录 {home.readlink()} 不在了；请从备份恢复，或删除这个链接后重新建库。"
        )
    if home.exists():
        return Cluster(home.resolve(), log=log, owner=owner, programs=programs)
    reachable = owner.may("-x", data)
    folder = home if reachable else _sheltered_folder(data)
    cluster = Cluster(folder, log=log, owner=owner, programs=programs)
    cluster.make()
    if not reachable:
        home.symlink_to(folder)
    return cluster


def sees_everything(data: Path, url: str) -> dict[str, str]:
    """As whom a backup of the embedded database is made: the application's own role finds the vault's tables empty.

    Nothing for any other database, whose administrator says with whose rights it is backed up.
    """
    if not (data / "postgres").exists() or cluster_of(data).url != url:
        return {}
    return {"PGUSER": "postgres"}


def _sheltered_folder(data: Path) -> Path:
    """A fresh place for the cluster of `data`: never an older one's, whose keys may be gone."""
    place = make_shelter() / f"cluster-{secrets.token_hex(4)}"
    place.mkdir()
    place.chmod(0o711)
    (place / "belongs-to").write_text(f"{data}\n")
    return place / "postgres"


def _inhabitants(folder: Path) -> list[int]:
    """Processes of PostgreSQL that stand in `folder`, as all of a cluster's processes do."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder and (process / "comm").read_text() == "postgres\n":
                found.append(int(process.name))
        except OSError:  # gone, or not ours to look at
            continue
    return found
