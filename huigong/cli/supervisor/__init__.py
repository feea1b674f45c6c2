"""The foreground process that keeps a platform running: `huigong up` and `huigong serve`."""

from huigong.cli.supervisor.run import run

__all__ = ["run"]
