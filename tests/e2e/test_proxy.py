"""examples/proxy/nginx.conf in a real nginx, which ends TLS in front of a real server without a key."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.settings import ROOT
from tests.servers import HELLO, SLOW, Server, content, events, running, wait_for

EXAMPLE = ROOT / "examples" / "proxy" / "nginx.conf"
NAME = "spark.example"
MAIN = """daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/elbarto.conf;
}}
"""

pytestmark = [
    pytest.mark.tool,
    pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="needs nginx and openssl"),
]


@dataclass
class Proxy:
    server: Server
    port: int
    client: httpx.Client


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    with running(folder / "log", ELBARTO_ALLOWED_HOSTS=NAME, SCRIPT_NAME="/direct") as server:
        port = free_port()
        configure(folder, port, server.port)
        command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        nginx = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            client = httpx.Client(
                base_url=f"https://127.0.0.1:{port}",
                verify=trust_all(),
                headers={"Host": NAME},
                trust_env=False,
                timeout=60,
            )
            server.wait_until_ready()
            wait_for(lambda: is_open(port), "nginx's port")
            with client:
                yield Proxy(server, port, client)
        finally:
            nginx.terminate()
            nginx.wait(10)
        server.stop()


def configure(folder: Path, port: int, server_port: int) -> None:
    """The example with other ports and another certificate."""
    key = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(folder / "key"), "-out", str(folder / "pem"), "-days", "1"]
    subprocess.run(["openssl", "req", "-x509", *key, "-subj", f"/CN={NAME}"], check=True, capture_output=True)
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("127.0.0.1:8000", f"127.0.0.1:{server_port}"),
        (f"/etc/ssl/{NAME}.pem", str(folder / "pem")),
        (f"/etc/ssl/{NAME}.key", str(folder / "key")),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "elbarto.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def trust_all() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.mark.parametrize("prefix", ["", "/elbarto"])
def test_the_page_and_its_requests_work(proxy: Proxy, prefix: str) -> None:
    page = proxy.client.get(f"{prefix}/")
    assert page.status_code == 200
    for name in re.findall(r'(?:src|href)="(web/[\w./-]+)', page.text):
        assert proxy.client.get(f"{prefix}/{name}").status_code == 200, name
    assert proxy.client.get(f"{prefix}/health").json()["status"] == "ok"
    servers = proxy.client.get(f"{prefix}/openapi.json").json()["servers"]
    assert servers == [{"url": f"{prefix or '/direct'}/"}]

    asked = {"Origin": f"https://{NAME}"}
    answer = proxy.client.post(
        f"{prefix}/v1/chat/completions", json={"messages": HELLO, "max_tokens": 8}, headers=asked
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["usage"]["completion_tokens"] > 0


def test_base_urls_as_people_type_them(proxy: Proxy) -> None:
    for path in ("/v1//models", "/v1/models/", "/elbarto/v1//models"):
        assert proxy.client.get(path).status_code == 200, path
    assert proxy.client.get(f"https://127.0.0.1:{proxy.port}//v1//models").status_code == 200
    assert "/v1 twice" in proxy.client.get("/v1/v1/models").json()["error"]["message"]


def test_streams_are_not_buffered_and_leaving_ends_them(proxy: Proxy) -> None:
    body = {"messages": HELLO, "stream": True, **SLOW}
    with proxy.client.stream("POST", "/v1/chat/completions", json=body) as answer:
        arriving = events(answer.iter_lines())
        assert next(arriving)["choices"]
        proxy.server.wait_for_queue(1, 0)
    proxy.server.wait_for_queue(0, 0)

    with proxy.client.stream("POST", "/v1/chat/completions", json={**body, "gen_length": 8, "steps": 8}) as answer:
        assert content(events(answer.iter_lines()))


@pytest.mark.parametrize(("origin", "status"), [(f"https://{NAME}", b"101"), ("https://evil.example", b"403")])
@pytest.mark.parametrize("prefix", ["", "/elbarto"])
def test_the_pages_socket_opens(proxy: Proxy, prefix: str, origin: str, status: bytes) -> None:
    head = f"GET {prefix}/v1/steps HTTP/1.1\r\nHost: {NAME}\r\nOrigin: {origin}\r\nConnection: Upgrade\r\n"
    head += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    with (
        socket.create_connection(("127.0.0.1", proxy.port), timeout=60) as plain,
        trust_all().wrap_socket(plain, server_hostname=NAME) as connection,
    ):
        connection.sendall(head.encode())
        assert connection.recv(100).split()[1] == status


def test_clients_behind_it_are_not_on_this_machine(proxy: Proxy) -> None:
    assert proxy.client.get("/v1/generations").status_code == 403
    assert proxy.server.client.get("/v1/generations").status_code == 200


def test_other_names_are_refused(proxy: Proxy) -> None:
    answer = proxy.client.get("/v1/models", headers={"Host": "evil.example"})

    assert answer.json()["error"]["code"] == "host_not_allowed"


def test_with_script_name_health_is_where_it_was(proxy: Proxy) -> None:
    for path in ("/health", "/direct/health", "/direct/v1/models", "/v1/models"):
        assert proxy.server.client.get(path).status_code == 200, path
    assert proxy.server.client.get("/direct/openapi.json").json()["servers"] == [{"url": "/direct/"}]
