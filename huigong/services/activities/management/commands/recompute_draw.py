"""`huigong manage recompute_draw FILE`: check a draw from its downloaded list alone."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huigong.services.activities import queries


class Command(BaseCommand):
    """Recomputes hashes and winners; asks no database, so it checks what the platform says from outside."""

    help = "Recompute a draw from its downloaded JSON; exit code 1 when anything differs"
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            checks = queries.recompute_draw(json.loads(file.read_text(encoding="utf-8")))
        except OSError as error:
            raise CommandError(f"打不开文件：{error.strerror}") from None
        except ValueError as error:
            sentence = "这不是抽签名单文件。" if isinstance(error, json.JSONDecodeError) else str(error)
            raise CommandError(sentence) from None
        for check in checks:
            self.stdout.write(f"{'✓' if check.ok else '✗'} {check.title}：{check.detail}")
        if not all(check.ok for check in checks):
            raise CommandError("与公布的结果不一致。")
        self.stdout.write("全部一致，抽签结果是真的。")
