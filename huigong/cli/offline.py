"""Run a tool that imports the settings, without an installation: `python -m huigong.cli.offline mypy`.

Gives it safe production settings, throw-away keys and a database that nobody answers for.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from huigong.cli.keys import make_secrets


def main() -> int:
    """Run the command line given to us; returns its exit code."""
    with TemporaryDirectory() as folder:
        make_secrets(Path(folder, "secrets.json"))
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HUIGONG_")
        } | {
            "DJANGO_SETTINGS_MODULE": "huigong.config.settings",
            "DATABASE_URL": "postgresql://nobody@localhost:1/none",
            "HUIGONG_DATA": folder,
            "HUIGONG_HTTPS": "1",
            "HUIGONG_SMS": "console",
            # makemigrations would like to compare with what was applied, and says that it cannot.
            "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history:RuntimeWarning",
        }
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
