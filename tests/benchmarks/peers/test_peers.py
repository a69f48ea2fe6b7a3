"""Each peer on a clear fall, and where it fails by its nature."""

import math
from pathlib import Path

import pytest

from benchmarks.clip_info import ClipInfo
from benchmarks.errors import DetectionFailedError
from benchmarks.found import parse_found
from benchmarks.peers.catalogue import PEERS, NamedPeer
from benchmarks.peers.child import PeerInChild, PeerWork
from benchmarks.scoring import score_clip
from benchmarks.throughput import measure_throughput
from tests.benchmarks.made import clip_truth, true_fall
from tests.benchmarks.peers.made_clips import dot_path, write_dot

SITE = """
[camera]
id = "made"
width = 320
height = 240
[building]
id = "b"
[facade]
points = [ { px = [0, 240], m = [0, 0] }, { px = [320, 240], m = [16, 0] }, { px = [0, 0], m = [0, 12] },
           { px = [320, 0], m = [16, 12] } ]
[floors]
count = 4
height_m = 3.0
[[units]]
name = "01"
x_m = [0, 8]
"""

PEER = pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)


@pytest.fixture(scope="module")
def dot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dot(tmp_path_factory.mktemp("clip") / "dot.mp4")


@PEER
def test_clear_big_slow_dot_is_found_by_each_peer(peer: NamedPeer, dot: Path, tmp_path: Path) -> None:
    found = [parse_found(line) for line in peer.find(dot, None, tmp_path)]
    score = score_clip(clip_truth(true_fall(dot_path()), site=False), found, ClipInfo(240, 2.4, 0.04))
    (matched,) = [judged.found for judged in score.confirmed if judged.outcome == "matched"]
    assert math.isclose(matched.path[0][0], 1.0, abs_tol=0.13)


@PEER
def test_origin_is_the_floor_and_unit_of_the_pixel_seen_first(peer: NamedPeer, dot: Path, tmp_path: Path) -> None:
    site = tmp_path / "s.toml"
    site.write_text(SITE)
    falls = [parse_found(line) for line in peer.find(dot, site, tmp_path)]
    assert falls
    for fall in falls:
        assert fall.origin is not None
        floor = 1 + math.floor((240 - fall.path[0][2]) / 60)  # four floors over 240 px
        assert (fall.origin.floor, fall.origin.floor_low, fall.origin.floor_high) == (floor, floor, floor)
        assert (fall.origin.unit, fall.origin.probability) == ("01", 1.0)


def test_peer_in_a_process_of_its_own_finds_the_same(dot: Path, tmp_path: Path) -> None:
    peer = PEERS[1]
    assert PeerInChild(peer)(dot, None, tmp_path) == peer.find(dot, None, tmp_path)


def test_clip_that_cannot_be_decoded_is_told_with_the_peers_name(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all")
    with pytest.raises(DetectionFailedError, match="three_frame: .*broken.mp4"):
        PeerInChild(PEERS[1])(broken, None, tmp_path)


def test_throughput_of_a_peer_is_measured_against_decoding_alone(dot: Path) -> None:
    measured = measure_throughput(dot, None, PeerWork(PEERS[1].find), repeats=1)
    assert measured.frames == 60
    assert 0 < measured.cpu_ratio < 1
