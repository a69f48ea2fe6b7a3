import signal
import socket
from pathlib import Path

import httpx
import pytest

from server.errors import ServerError
from server.lock import DataDirLock
from server.service import serve
from tests.server.orders import INCIDENT_ID, digest_header, facts, order, put, send
from tests.server.process import ServerProcess, server_process, write_config
from tests.server.running import settings_in

PICTURE = bytes(range(256)) * 2000


def client_of(server: ServerProcess) -> httpx.Client:
    return httpx.Client(base_url=server.url, verify=False, timeout=20)


def send_half(server: ServerProcess, head: str, body: bytes) -> socket.socket:
    """Begin a request whose body stops half-way; the server has it when this returns."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(
        f"{head}\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n".encode()
    )
    assert connection.recv(100).startswith(b"HTTP/1.1 100")
    connection.sendall(body[: len(body) // 2])
    return connection


def test_killed_while_the_facts_or_a_file_arrive_nothing_is_half_stored(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    body, headers = order(facts())
    named = "\r\n".join(f"{name}: {value}" for name, value in headers.items())
    with server_process(config) as server, client_of(server) as client:
        send_half(server, f"POST /api/v1/incidents HTTP/1.1\r\n{named}", body).close()
        assert send(client, facts("other")).status_code == 201
        upload = f"PUT /api/v1/incidents/other/media/release.jpg HTTP/1.1\r\nContent-Digest: {digest_header(PICTURE)}"
        connection = send_half(server, f"{upload}\r\ndroptrace-role: derived", PICTURE)
        server.kill()
        connection.close()
    assert len(list((tmp_path / "data" / "incoming").iterdir())) == 1
    with server_process(config) as server, client_of(server) as client:
        assert list((tmp_path / "data" / "incoming").iterdir()) == []
        assert [one["incident_id"] for one in client.get("/api/v1/incidents").json()["items"]] == ["other"]
        assert client.get("/api/v1/incidents/other").json()["media"] == []
        assert send(client).status_code == 201
        assert put(client, "release.jpg", PICTURE, incident_id="other").status_code == 201
        assert client.get("/api/v1/incidents/other/media/release.jpg").content == PICTURE


def test_killed_between_commit_and_answer_the_retry_gets_the_same_answer(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    with server_process(config, "die") as server, client_of(server) as client:
        with pytest.raises(httpx.TransportError):
            send(client)
        assert server.process.wait(timeout=20) == -signal.SIGKILL
    with server_process(config, "die") as server, client_of(server) as client, pytest.raises(httpx.TransportError):
        put(client, "release.jpg", PICTURE)
    with server_process(config) as server, client_of(server) as client:
        answer = send(client)
        assert answer.status_code == 200
        assert answer.json() == {"incident_id": INCIDENT_ID, "work_order_id": f"wo-{INCIDENT_ID}"}
        assert put(client, "release.jpg", PICTURE).status_code == 200
        assert len(client.get("/api/v1/incidents").json()["items"]) == 1
        assert len(client.get("/api/v1/work-orders").json()["items"]) == 1
        assert client.get(f"/api/v1/incidents/{INCIDENT_ID}/media/release.jpg").content == PICTURE
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=20) == 0


def test_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"port {port}: cannot listen there"):
            serve(settings_in(tmp_path, port=port))


def test_data_dir_in_use_is_told(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, port=0)
    with DataDirLock(settings.data_dir), pytest.raises(ServerError, match="another droptrace serve"):
        serve(settings)
