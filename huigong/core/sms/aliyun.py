"""Aliyun's short message service (dysmsapi, version 2017-05-25), signed by its method ACS3-HMAC-SHA256.

A few lines over httpx: Aliyun's own package brings a dozen others and a client that follows redirects.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import httpx
import structlog

from huigong.core.sms.port import NotSent

log = structlog.get_logger("huigong.sms")

_ALGORITHM = "ACS3-HMAC-SHA256"
_EMPTY = hashlib.sha256(b"").hexdigest()
_LATER = {
    "isp.SYSTEM_ERROR",
    "isp.GATEWAY_ERROR",
    "SignatureNonceUsed",
    "ServiceUnavailable",
    "InternalError",
}
"""What Aliyun answers when the same message may go through in a minute; everything else stays refused."""


@dataclass(frozen=True)
class AliyunSettings:
    """An access key with the one right to send messages, the signature, and the code of each template."""

    key_id: str
    key_secret: str = field(repr=False)
    sign_name: str
    templates: Mapping[str, str]
    endpoint: str


class AliyunGateway:
    """One request for each message; no redirects, at most five seconds, nothing personal in the log."""

    is_remote = True

    def __init__(self, settings: AliyunSettings) -> None:
        self._settings = settings

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        query = {
            "PhoneNumbers": phone,
            "SignName": self._settings.sign_name,
            "TemplateCode": self._settings.templates[template],
            "TemplateParam": json.dumps(values, ensure_ascii=False),
        }
        answer = self._post(canonical_query(query))
        code = str(answer.get("Code", "unreadable"))
        log.info("sms", template=template, code=code, request=str(answer.get("RequestId", "")))
        if code != "OK":
            raise NotSent(code, may_retry=code in _LATER or code.startswith("Throttling"))

    def _post(self, query: str) -> dict[str, object]:
        endpoint = self._settings.endpoint
        headers = {
            "host": urlsplit(endpoint).netloc,
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": _EMPTY,
        }
        headers["authorization"] = authorization(
            self._settings.key_id, self._settings.key_secret, query=query, headers=headers
        )
        try:
            response = httpx.post(
                f"{endpoint}/?{query}", headers=headers, timeout=5.0, follow_redirects=False
            )
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotSent(type(error).__name__, may_retry=True) from None  # the address holds the number
        return answer if isinstance(answer, dict) else {}


def canonical_query(values: Mapping[str, str]) -> str:
    """The parameters as they are signed and sent."""
    return "&".join(f"{quote(name, safe='~')}={quote(values[name], safe='~')}" for name in sorted(values))


def authorization(key_id: str, key_secret: str, *, query: str, headers: Mapping[str, str]) -> str:
    """The Authorization header of a POST to `/` without a body."""
    names = sorted(headers)
    signed = ";".join(names)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    request = f"POST\n/\n{query}\n{lines}\n{signed}\n{_EMPTY}"
    to_sign = f"{_ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{_ALGORITHM} Credential={key_id},SignedHeaders={signed},Signature={signature}"
