"""Damage is told at once, and then once a minute."""

from structlog.testing import capture_logs

from vision.counts import Counts
from vision.damage_log import DamageLog


def test_damage_is_told_at_once_and_then_once_a_minute_and_none_is_lost() -> None:
    counts = Counts()
    log = DamageLog("rtsp://192.0.2.10/main", counts)
    with capture_logs() as logged:
        for now_s, new in [(0, 0), (5, 2), (6, 1), (64.9, 4), (65, 0), (66, 0), (200, 0), (201, 1)]:
            counts.damaged_packets += new
            log.look(now_s)
    assert [(event["event"], event["damaged_packets"]) for event in logged] == [
        ("stream_damaged", n) for n in (2, 5, 1)
    ]
    assert logged[0]["source"] == "rtsp://192.0.2.10/main"
