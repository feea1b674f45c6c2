"""The secrets of one installation: made once, kept outside the database, never printed."""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def make_secrets(path: Path) -> bool:
    """Write fresh secrets to `path`, readable by its owner only. An existing file is kept; then False."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    text = json.dumps(
        {
            "secret_key": secrets.token_urlsafe(48),
            "field_keys": {"k1": _random_key()},
            "field_key": "k1",
            "index_key": _random_key(),
            "member_code_key": pem.decode(),
        },
        indent=2,
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{text}\n")
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike a rename, never replaces keys that another process has just made
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def begin_rotation(path: Path) -> str:
    """Put a new field key beside the old ones and make it the one that counts; returns its id.

    With more than one key there already, an earlier change broke off: that one is gone on with.
    """
    kept = json.loads(path.read_text())
    if len(kept["field_keys"]) == 1:
        number = int(kept["field_key"].removeprefix("k")) + 1
        kept["field_key"] = f"k{number}"
        kept["field_keys"][kept["field_key"]] = _random_key()
        _replace(path, kept)
    return str(kept["field_key"])


def finish_rotation(path: Path) -> None:
    """Drop every field key but the one that counts: nothing is sealed with them any more."""
    kept = json.loads(path.read_text())
    kept["field_keys"] = {kept["field_key"]: kept["field_keys"][kept["field_key"]]}
    _replace(path, kept)


def _replace(path: Path, kept: dict[str, Any]) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{json.dumps(kept, indent=2)}\n")
        os.fsync(file.fileno())
    draft.replace(path)


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
