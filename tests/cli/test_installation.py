"""The pieces of an installation: keys, certificates, the lock on its directory, the children's table."""

import json
import signal
import ssl
import stat
import time
from pathlib import Path

import pytest
from cryptography import x509

from huigong.cli import tls
from huigong.cli.data_directory import DataDirectory, Instance
from huigong.cli.keys import make_secrets
from huigong.cli.supervisor.interrupts import Interrupts, Stopped
from huigong.cli.supervisor.services import Child, Service
from huigong.cli.trouble import Trouble


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_private_complete_and_different_each_time(tmp_path: Path) -> None:
    assert make_secrets(tmp_path / "one.json")
    assert make_secrets(tmp_path / "two.json")
    one, two = (json.loads((tmp_path / name).read_text()) for name in ("one.json", "two.json"))
    assert one.keys() == {"secret_key", "field_keys", "field_key", "index_key", "member_code_key"}
    assert one["field_key"] in one["field_keys"]
    assert mode(tmp_path / "one.json") == 0o600
    assert all(
        one[name] != two[name] for name in ("secret_key", "field_keys", "index_key", "member_code_key")
    )


def test_secrets_that_exist_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    make_secrets(path)
    before = path.read_bytes()
    assert not make_secrets(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_data_directory_that_we_make_cannot_be_listed_by_others(tmp_path: Path) -> None:
    DataDirectory(tmp_path / "data").make()
    assert mode(tmp_path / "data") & 0o066 == 0
    assert mode(tmp_path / "data" / "run") == 0o700


def test_data_directory_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o751)
    DataDirectory(tmp_path).make()
    assert mode(tmp_path) == 0o751


def test_held_directory_refuses_a_second_holder_and_names_the_first(tmp_path: Path) -> None:
    first, second = DataDirectory(tmp_path), DataDirectory(tmp_path)
    with (
        first.hold(Instance(4711, address="http://127.0.0.1:8000")),
        pytest.raises(Trouble, match=r"进程 4711，地址 http://127.0.0.1:8000"),
        second.hold(Instance(1)),
    ):
        pass
    with second.hold(Instance(1)):
        pass


def test_instance_is_told_once_its_database_is_there(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    assert directory.running() is None
    with directory.hold(Instance(1)) as holding:
        with pytest.raises(Trouble):
            directory.running(patience=0)
        holding.announce(Instance(1, "demo", 8000, "http://127.0.0.1:8000", "postgresql://"))
        instance = directory.running()
        assert instance
        assert (instance.mode, instance.dsn) == ("demo", "postgresql://")
    assert directory.running() is None


def test_certificate_is_trusted_by_its_authority_for_every_address(tmp_path: Path) -> None:
    tls.provide_certificates(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "site.pem")
    client = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
    for host in ["localhost", "127.0.0.1", *tls.lan_addresses()]:
        shake_hands(server, client, host)
    assert mode(tmp_path / "site.pem") == mode(tmp_path / "ca.key") == 0o600


def test_certificate_is_kept_while_it_serves_and_renewed_under_the_same_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls.provide_certificates(tmp_path)
    first, authority = (tmp_path / "site.pem").read_bytes(), (tmp_path / "ca.crt").read_bytes()
    tls.provide_certificates(tmp_path)
    assert (tmp_path / "site.pem").read_bytes() == first

    monkeypatch.setattr(tls, "lan_addresses", lambda: ["192.0.2.77"])
    tls.provide_certificates(tmp_path)
    renewed = x509.load_pem_x509_certificate((tmp_path / "site.pem").read_bytes())
    names = renewed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "192.0.2.77" in [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    assert (tmp_path / "ca.crt").read_bytes() == authority


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> None:
    """A handshake in memory; raises when the client does not trust the server under the name `host`."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        server.wrap_bio(to_server, to_client, server_side=True),
        client.wrap_bio(to_client, to_server, server_hostname=host),
    ]
    for _ in range(4):
        for side in list(sides):
            try:
                side.do_handshake()
                sides.remove(side)
            except ssl.SSLWantReadError:
                continue
    assert sides == []


@pytest.mark.parametrize("request_to_stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stop_is_noticed_where_the_code_waits_and_only_there(
    request_to_stop: signal.Signals,
) -> None:
    if signal.getsignal(request_to_stop) == signal.SIG_IGN:  # the tests themselves run under nohup
        signal.signal(request_to_stop, signal.SIG_DFL)
    with Interrupts() as interrupts:
        signal.raise_signal(request_to_stop)
        with pytest.raises(Stopped):
            interrupts.pause(5)
        signal.raise_signal(request_to_stop)  # a second one, while everything is being ended


@pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)  # pytest, not the supervisor
def test_crashing_child_is_started_again_ever_more_slowly() -> None:
    child = Child(Service("短命", "brief", lambda: None))
    said = []
    deadline = time.monotonic() + 20
    while len(said) < 4 and time.monotonic() < deadline:
        if sentence := child.look_after():
            said.append(sentence)
        time.sleep(0.02)
    child.end()
    assert said == [
        "短命进程意外退出（代码 0），0.5 秒后重新启动。",
        "短命进程已重新启动。",
        "短命进程意外退出（代码 0），1 秒后重新启动。",
        "短命进程已重新启动。",
    ]
