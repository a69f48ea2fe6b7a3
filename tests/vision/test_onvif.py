"""Cameras that tell their streams by ONVIF, or something else."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.vision.onvif_camera import ENVELOPE, MEDIA, Handler, OnvifCamera, fault, onvif_camera
from vision.errors import OnvifError
from vision.onvif import StreamOffer, device_service, list_streams
from vision.soap import Credentials

RIGHT = Credentials("viewer", "s3cret<&>")


@pytest.fixture
def camera() -> Iterator[OnvifCamera]:
    with onvif_camera() as one:
        yield one


def streams_of(camera: OnvifCamera, credentials: Credentials | None = RIGHT) -> list[StreamOffer]:
    return asyncio.run(list_streams(device_service(camera.host), credentials))


def complaint(camera: OnvifCamera, credentials: Credentials | None = RIGHT, limit_s: float = 20.0) -> str:
    with pytest.raises(OnvifError) as raised:
        asyncio.run(list_streams(device_service(camera.host), credentials, limit_s))
    message = str(raised.value)
    assert message.startswith(f"{camera.host}: ")
    assert "s3cret" not in message
    return message


def test_streams_are_told_with_size_codec_rate_and_address(camera: OnvifCamera) -> None:
    main, sub = streams_of(camera)
    assert main == StreamOffer(
        host=camera.host,
        manufacturer="Lens & Co",
        model="摄像机 8MP",  # without the tabulator in it
        name="主码流",
        width=3840,
        height=2160,
        codec="H265",
        fps=25.0,
        address="rtsp://127.0.0.1:554/main",
    )
    assert (sub.name, sub.width, sub.height, sub.codec, sub.fps) == ("sub", 640, 360, "H264", 12.5)
    assert sub.address == "rtsp://127.0.0.1:554/sub"


def test_password_is_sent_as_a_digest_alone(camera: OnvifCamera) -> None:
    streams_of(camera)
    assert [(name, is_in) for name, is_in in camera.asked if name != "GetSystemDateAndTime"] == [
        ("GetDeviceInformation", True),
        ("GetServices", True),
        ("GetProfiles", True),
        ("GetStreamUri", True),
        ("GetStreamUri", True),
    ]
    assert not any(b"s3cret" in body for body in camera.bodies)


@pytest.mark.parametrize("knows_services", [True, False])
def test_camera_that_knows_only_the_first_media_service_is_asked_there(
    camera: OnvifCamera, knows_services: bool
) -> None:
    camera.media, camera.knows_services = (MEDIA,), knows_services
    assert [(one.codec, one.address) for one in streams_of(camera)] == [
        ("H264", "rtsp://127.0.0.1:554/main"),
        ("H264", "rtsp://127.0.0.1:554/sub"),
    ]


@pytest.mark.parametrize("ahead", [timedelta(days=-9000), timedelta(hours=8)])
def test_clock_of_a_camera_may_be_wrong(camera: OnvifCamera, ahead: timedelta) -> None:
    camera.ahead = ahead
    assert len(streams_of(camera)) == 2


def test_camera_that_wants_http_digest_gets_it(camera: OnvifCamera) -> None:
    camera.wants_http_digest = True
    assert len(streams_of(camera)) == 2
    assert "refuses the credentials" in complaint(camera, Credentials("viewer", "other"))


@pytest.mark.parametrize("wrong", [Credentials("viewer", "s3cret"), Credentials("admin", "s3cret<&>")])
def test_wrong_credentials_are_refused_with_advice(camera: OnvifCamera, wrong: Credentials) -> None:
    assert "it refuses the credentials; check user and password" in complaint(camera, wrong)
    assert wrong.password not in repr(wrong)


def test_camera_that_wants_credentials_says_so(camera: OnvifCamera) -> None:
    assert "it asks for user and password" in complaint(camera, None)


@pytest.mark.parametrize(
    ("told", "shown", "is_elsewhere"),
    [
        ("rtsp://admin:hunter2@127.0.0.1/live", "rtsp://127.0.0.1/live", False),
        ("rtsp://127.0.0.1/user=admin&password=hunter2", "rtsp://127.0.0.1/user=***&password=***", False),
        ("rtsp://203.0.113.5/live", "rtsp://203.0.113.5/live", True),
        ("http://127.0.0.1/live.mjpg", None, False),
        ("rtsp://127.0.0.1/" + "user" * 10_000, None, False),
        ("rtsp://127.0.0.1/a b", None, False),
        ("", None, False),
    ],
)
def test_address_of_a_stream_is_taken_only_as_one(
    camera: OnvifCamera, told: str, shown: str | None, is_elsewhere: bool
) -> None:
    camera.stream_url["main"] = told
    main, sub = streams_of(camera)
    assert (main.address, main.is_elsewhere) == (shown, is_elsewhere)
    assert sub.address == "rtsp://127.0.0.1:554/sub"


def _huge(handler: Handler, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("WWW-Authenticate", 'Digest realm="cam", nonce="n0"')
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    block = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    while not handler.server.camera.stopping.is_set():
        handler.wfile.write(block)


def _raw(content: str, status: int = 200, **headers: str) -> Callable[[Handler], None]:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.send_raw(status, content.encode(), told)


def _body(body: str, before: str = "") -> Callable[[Handler], None]:
    return _raw(f'{before}<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{body}</s:Body></s:Envelope>')


_LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "ha"}">' for i in range(9))


@pytest.mark.parametrize(
    ("misbehave", "words"),
    [
        pytest.param(_huge, "over 1 MB", id="huge"),
        pytest.param(lambda handler: _huge(handler, 401), "over 1 MB", id="huge-refusal"),
        pytest.param(
            _body("<a>&x;</a>", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "not SOAP", id="xxe"
        ),
        pytest.param(_body("<a>&a8;</a>", f"<!DOCTYPE a [{_LAUGHS}]>"), "not SOAP", id="entity-bomb"),
        pytest.param(_body("<a>" * 80_000 + "</a>" * 80_000), "no media service", id="deep"),
        pytest.param(_body(""), "not SOAP", id="empty-body"),
        pytest.param(_body("<other/>"), "no media service", id="other-answer"),
        pytest.param(_raw("<html>Camera</html>"), "not SOAP", id="page"),
        pytest.param(_raw("\x00\x01 not XML"), "not SOAP", id="rubbish"),
        pytest.param(_raw("<?xml version='1.0' encoding='klingon'?><a/>"), "not SOAP", id="encoding"),
        pytest.param(_raw("", 404), "HTTP status 404", id="no-such-path"),
        pytest.param(_raw("", 302, Location="http://203.0.113.5/onvif"), "not followed", id="redirect"),
        pytest.param(_raw("", 401, WWW_Authenticate='Digest nonce="b"'), "not HTTP", id="broken-challenge"),
        pytest.param(
            _raw("", 401, WWW_Authenticate='Digest realm="a", nonce="b", algorithm=ROT13'),
            "in a way that is not known",
            id="odd-challenge",
        ),
        pytest.param(_body(fault("ter:Busy", "come \t back")), "it refuses (come  back)", id="fault"),
        pytest.param(lambda handler: handler.wfile.write(b"RTSP/1.0 200 OK\r\n\r\n"), "not HTTP", id="other-protocol"),
        pytest.param(lambda handler: handler.connection.close(), "not HTTP", id="hang-up"),
    ],
)
def test_hostile_answer_is_one_clear_error(
    camera: OnvifCamera, misbehave: Callable[[Handler], None], words: str
) -> None:
    camera.misbehave = misbehave
    assert words in complaint(camera)


def test_answer_that_drips_is_given_up(camera: OnvifCamera) -> None:
    def drip(handler: Handler) -> None:
        # A header that never ends: each byte comes in time, and the answer never.
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not handler.server.camera.stopping.wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    camera.misbehave = drip
    assert "not done within 0 s" in complaint(camera, limit_s=0.4)


def test_media_service_elsewhere_is_asked_on_the_host_that_was_named(camera: OnvifCamera) -> None:
    camera.media_url = "http://203.0.113.5/other/media"
    assert len(streams_of(camera)) == 2
    for wrong in ("file:///etc/passwd", f"http://{camera.host}0000/media"):
        camera.media_url = wrong
        assert "the address of its media service is none" in complaint(camera)


def test_nobody_there_is_told() -> None:
    with pytest.raises(OnvifError, match="nothing answers there; check host and port"):
        asyncio.run(list_streams(device_service("127.0.0.1:9"), RIGHT))


@pytest.mark.parametrize(
    "host", ["", "cam era", "a/b", "admin:hunter2@192.0.2.1", "192.0.2.1:port", "192.0.2.1:99999", "x" * 80, "a?b"]
)
def test_what_is_no_host_is_refused_without_asking(host: str) -> None:
    with pytest.raises(OnvifError, match="is no host; write it as") as raised:
        device_service(host)
    assert "hunter2" not in str(raised.value)
