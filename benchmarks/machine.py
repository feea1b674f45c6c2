"""What the figures were measured on, and how much CPU processes have used."""

import os
import platform
import re
from collections.abc import Iterable
from pathlib import Path


def description() -> str:
    """One line about this machine."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    return (
        f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, "
        f"{int(memory[1]) // 1024**2 if memory else '?'} GB, Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} when it began"
    )


def cpu_ms(pids: Iterable[int]) -> float:
    """Milliseconds that these processes have spent on a CPU so far; those that ended count nothing."""
    return sum(_nanoseconds(Path("/proc", str(pid))) for pid in pids) / 1e6


def _nanoseconds(process: Path) -> int:
    total = 0
    for thread in (process / "task").glob("*/schedstat"):
        try:
            total += int(thread.read_text().split()[0])
        except OSError:  # ended while we looked
            continue
    return total


def descendants(pid: int) -> list[int]:
    """A process and all below it."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").glob("[0-9]*")}
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def name(pid: int) -> str:
    """The short name under which ps shows it, or nothing when it has ended."""
    try:
        return Path("/proc", str(pid), "comm").read_text().strip()
    except OSError:
        return ""


def web_pids(pid: int) -> list[int]:
    """The web processes and their workers below `huigong up`."""
    fathers = [child for child in descendants(pid) if name(child) == "huigong-web"]
    return sorted({child for father in fathers for child in descendants(father)})


def database_pids(pid: int) -> list[int]:
    """The database server and all its backends below `huigong up`."""
    return [child for child in descendants(pid) if name(child) == "postgres"]
