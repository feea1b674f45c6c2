"""`demo-accounts.json`: whom visitors log in as. The passwords are made for this installation and kept here only."""

import json
import os
import secrets

from django.conf import settings

from huigong.demo.story import Stage, cast

_SYLLABLES = [
    "shan", "hai", "chao", "feng", "yun", "lang", "xing", "qiao", "deng", "fan", "shi", "diao", "gang", "wan", "dao",
    "sha", "yu", "chuan", "hua", "mei", "lan", "song", "zhu", "quan", "ming", "qing", "an", "he", "ping", "li",
]  # fmt: skip


def make_password() -> str:
    """A password that can be read out and typed on a phone: two syllables and six digits."""
    words = "".join(secrets.choice(_SYLLABLES) for _ in range(2))
    return f"{words}-{secrets.randbelow(900_000) + 100_000}"


def write(stage: Stage) -> None:
    """Write [{"role", "name", "phone", "password"}, …], for the owner's eyes only."""
    rows = [
        {
            "role": role.role,
            "name": role.name,
            "phone": stage.accounts[role.role].phone,
            "password": stage.passwords[role.role],
        }
        for role in cast()
    ]
    target = settings.DATA_DIR / "demo-accounts.json"
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(rows, file, ensure_ascii=False, indent=2)
        file.write("\n")
    draft.rename(target)
