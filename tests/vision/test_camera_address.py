"""Addresses that may be shown."""

import pytest

from vision.camera_address import without_credentials


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://10.0.0.5:554/Streaming/Channels/101", "rtsp://10.0.0.5:554/Streaming/Channels/101"),
        ("rtsp://admin:12345@10.0.0.5/h264", "rtsp://10.0.0.5/h264"),
        ("rtsp://admin:p@ss/w:rd@10.0.0.5/h264", "rtsp://10.0.0.5/h264"),
        (
            "rtsp://10.0.0.5:554/user=admin&password=tl&channel=1.sdp",
            "rtsp://10.0.0.5:554/user=***&password=***&channel=1.sdp",
        ),
        (
            "rtsp://10.0.0.5/live?authToken=abc&loginpas=1&psw=2",
            "rtsp://10.0.0.5/live?authToken=***&loginpas=1&psw=***",
        ),
        ("rtsp://a:b@10.0.0.5/live?user_name=a&session-id=7", "rtsp://10.0.0.5/live?user_name=***&session-id=***"),
        ("rtsps://10.0.0.5/live?Token=abc#x", "rtsps://10.0.0.5/live?Token=***#x"),
    ],
)
def test_no_credentials_are_left_in_an_address(address: str, shown: str) -> None:
    assert without_credentials(address) == shown
