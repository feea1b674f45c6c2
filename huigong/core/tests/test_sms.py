"""The gateway to Aliyun, against a server of our own that checks the signature."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from huigong.core import sms
from huigong.core.sms.aliyun import AliyunGateway, AliyunSettings, authorization, canonical_query

PHONE = "13900990077"


class FakeAliyun(ThreadingHTTPServer):
    """Answers as Aliyun does: checks the signature, then says `answer`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[dict[str, str]] = []
        self.status, self.answer = 200, json.dumps({"Code": "OK", "RequestId": "r-1"})

    def settings(self, **changes: Any) -> AliyunSettings:
        fields = {
            "key_id": "key",
            "key_secret": "secret",
            "sign_name": "惠工",
            "templates": {"code": "SMS_1"},
            "endpoint": f"http://127.0.0.1:{self.server_port}",
        }
        return AliyunSettings(**fields | changes)


class _Handler(BaseHTTPRequestHandler):
    server: FakeAliyun

    def do_POST(self) -> None:
        query = urlsplit(self.path).query
        given = {name.lower(): value for name, value in self.headers.items()}
        names = given["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
        right = authorization("key", "secret", query=query, headers={name: given[name] for name in names})
        answer, status = self.server.answer, self.server.status
        if given["authorization"] != right:
            answer, status = json.dumps({"Code": "SignatureDoesNotMatch"}), 400
        else:
            self.server.received.append({name: value[0] for name, value in parse_qs(query).items()})
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def aliyun() -> Iterator[FakeAliyun]:
    with FakeAliyun() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_signature_is_that_of_the_published_example() -> None:
    """The fixed example of Aliyun's documentation of signature method V3."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
    query = canonical_query(
        {
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        }
    )
    signed = authorization("YourAccessKeyId", "YourAccessKeySecret", query=query, headers=headers)
    assert signed.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_parameters_are_escaped_as_they_are_signed() -> None:
    assert canonical_query({"B": "v=a b*c~d/e", "A": "惠"}) == "A=%E6%83%A0&B=v%3Da%20b%2Ac~d%2Fe"


def test_message_arrives_signed(aliyun: FakeAliyun) -> None:
    AliyunGateway(aliyun.settings()).send(PHONE, "code", {"code": "123456"})
    assert aliyun.received == [
        {
            "PhoneNumbers": PHONE,
            "SignName": "惠工",
            "TemplateCode": "SMS_1",
            "TemplateParam": '{"code": "123456"}',
        }
    ]


@pytest.mark.parametrize(
    ("status", "answer", "code", "may_retry"),
    [
        (200, '{"Code": "isv.BUSINESS_LIMIT_CONTROL"}', "isv.BUSINESS_LIMIT_CONTROL", False),
        (400, '{"Code": "isv.MOBILE_NUMBER_ILLEGAL"}', "isv.MOBILE_NUMBER_ILLEGAL", False),
        (400, '{"Code": "Throttling.User"}', "Throttling.User", True),
        (503, '{"Code": "ServiceUnavailable"}', "ServiceUnavailable", True),
        (502, "<html>Bad gateway</html>", "JSONDecodeError", True),
        (302, "", "JSONDecodeError", True),
        (200, "[]", "unreadable", False),
    ],
)
def test_refusal_says_why_and_whether_to_try_again(
    aliyun: FakeAliyun, status: int, answer: str, code: str, may_retry: bool
) -> None:
    aliyun.status, aliyun.answer = status, answer
    with pytest.raises(sms.NotSent) as failure:
        AliyunGateway(aliyun.settings()).send(PHONE, "code", {"code": "123456"})
    assert (failure.value.code, failure.value.may_retry) == (code, may_retry)


def test_wrong_secret_is_refused_by_the_server(aliyun: FakeAliyun) -> None:
    with pytest.raises(sms.NotSent, match="SignatureDoesNotMatch"):
        AliyunGateway(aliyun.settings(key_secret="other")).send(PHONE, "code", {"code": "123456"})
    assert aliyun.received == []


def test_nobody_answers(aliyun: FakeAliyun) -> None:
    gone = aliyun.settings(endpoint="http://127.0.0.1:9")
    with pytest.raises(sms.NotSent) as failure:
        AliyunGateway(gone).send(PHONE, "code", {"code": "123456"})
    assert failure.value.may_retry
    assert PHONE not in repr(failure.value)


def test_settings_do_not_show_the_secret(aliyun: FakeAliyun) -> None:
    assert "secret" not in repr(aliyun.settings()).replace("key_secret", "")
