"""What a changed EDGE.toml means for cameras that run."""

from pathlib import Path

import pytest

from droptrace.config import CameraConfig, DetectionConfig, EdgeConfig, EndpointConfig, LimitsConfig
from droptrace.reload import Changes, difference, settle
from droptrace.roster import Roster, make_roster
from floors.errors import SiteError
from tests.droptrace.program import DEMO_SITE

NORTH = CameraConfig(id="north", address="rtsp://viewer:one@192.0.2.1/a")
EAST = CameraConfig(id="east", address="rtsp://viewer:one@192.0.2.2/a")
NAMELESS = CameraConfig(address="rtsp://viewer:one@192.0.2.3/a")
ENDPOINT = EndpointConfig(url="http://127.0.0.1:9/a", token="t")


def config(*cameras: CameraConfig, false_alarms_an_hour: float = 0.2) -> EdgeConfig:
    return EdgeConfig(
        data_dir="/srv/a",
        camera=cameras,
        endpoint=ENDPOINT,
        detection=DetectionConfig(false_alarms_an_hour=false_alarms_an_hour),
    )


def roster(*cameras: CameraConfig, false_alarms_an_hour: float = 0.2) -> Roster:
    return make_roster(config(*cameras, false_alarms_an_hour=false_alarms_an_hour))


def test_same_file_changes_nothing_and_neither_does_the_order_of_cameras() -> None:
    before = roster(NORTH, EAST, NAMELESS)
    assert difference(before, roster(NAMELESS, EAST, NORTH)) == Changes((), (), ())


def test_added_changed_and_removed_cameras_are_told_apart() -> None:
    moved = NORTH.model_copy(update={"address": "rtsp://192.0.2.9/a"})
    new = CameraConfig(id="west", address="rtsp://192.0.2.4/a")
    changes = difference(roster(NORTH, EAST, NAMELESS), roster(new, moved, NAMELESS))
    assert changes == Changes(added=("west",), changed=("north",), removed=("east",))


def test_camera_without_id_is_known_by_its_address_without_the_password() -> None:
    other = NAMELESS.model_copy(update={"address": "rtsp://viewer:two@192.0.2.3/a"})
    before, after = roster(NORTH, NAMELESS), roster(other)
    assert difference(before, after) == Changes((), ("rtsp://192.0.2.3/a",), ("north",))
    # Evidence of one camera stays in one folder.
    folders = {before["rtsp://192.0.2.3/a"].job.packages, after["rtsp://192.0.2.3/a"].job.packages}
    assert len(folders) == 1


def test_what_all_cameras_are_told_changes_all() -> None:
    changes = difference(roster(NORTH, EAST), roster(NORTH, EAST, false_alarms_an_hour=1.0))
    assert changes == Changes((), ("north", "east"), ())


def test_site_file_with_other_content_changes_its_camera(tmp_path: Path) -> None:
    site = tmp_path / "a.site.toml"
    site.write_bytes(DEMO_SITE.read_bytes())
    mapped = EAST.model_copy(update={"site": str(site)})
    before = roster(NORTH, mapped)
    site.write_bytes(DEMO_SITE.read_bytes() + b"# measured again\n")
    assert difference(before, roster(NORTH, mapped)) == Changes((), ("east",), ())
    site.write_bytes(b"[camera]\n")
    with pytest.raises(SiteError, match=r"a\.site\.toml"):
        roster(NORTH, mapped)


def test_what_takes_a_new_start_is_kept_and_named() -> None:
    running = config(NORTH)
    wanted = EdgeConfig(
        box_id="other",
        data_dir="/srv/b",
        camera=(EAST,),
        endpoint=ENDPOINT.model_copy(update={"token": "u", "timeout_s": 5.0}),
        limits=LimitsConfig(silent_s=20.0),
    )
    settled, names = settle(running, wanted)
    assert names == ("box_id", "data_dir", "endpoint.token", "endpoint.timeout_s")
    assert (settled.box_id, settled.data_dir, settled.endpoint) == ("box-1", "/srv/a", ENDPOINT)
    assert (settled.camera, settled.limits.silent_s) == ((EAST,), 20.0)


def test_what_can_be_had_at_once_is_not_named() -> None:
    settled, names = settle(config(NORTH), config(EAST, false_alarms_an_hour=1.0))
    assert names == ()
    assert settled == config(EAST, false_alarms_an_hour=1.0)
