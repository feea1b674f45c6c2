"""Who listens to what: the code against the table in docs/events.md, and the list is closed."""

import importlib
import re
import weakref
from pathlib import Path
from typing import Any

from django.apps import apps
from django.dispatch import Signal

REPO = Path(__file__).resolve().parents[1]
ALLOWED = {
    "account_closed",
    "consent_withdrawn",
    "org_moved",
    "org_dissolved",
    "member_joined",
    "member_transferred",
    "member_left",
    "code_redeemed",
    "code_expired",
    "payment_settled",
    "door_opened",
}


def events() -> dict[str, set[str]]:
    """Every event of our modules, and the dotted names of its receivers."""
    found: dict[str, set[str]] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("huigong.") or not (Path(config.path) / "events.py").exists():
            continue
        for name, value in vars(importlib.import_module(f"{config.name}.events")).items():
            if isinstance(value, Signal):
                receivers = {_name(receiver) for _, receiver, *_ in value.receivers}
                found[f"{config.label}.{name}"] = receivers
    return found


def _name(receiver: Any) -> str:
    function = receiver() if isinstance(receiver, weakref.ReferenceType) else receiver
    return f"{function.__module__.split('.')[-2]}.{function.__name__}"


def documented() -> dict[str, set[str]]:
    """The rows of the table: | `label.event` | payload | `module.receiver`, … |"""
    rows = re.findall(
        r"^\| `([\w.]+)` \|[^|]*\|([^|]*)\|$", (REPO / "docs/events.md").read_text(), re.MULTILINE
    )
    return {event: set(re.findall(r"`([\w.]+)`", receivers)) for event, receivers in rows}


def test_the_table_says_who_listens() -> None:
    assert documented() == events()


def test_the_list_of_events_is_closed() -> None:
    assert {event.split(".")[1] for event in events()} <= ALLOWED
