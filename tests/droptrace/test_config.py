from pathlib import Path

import pytest
from pydantic import ValidationError

from droptrace.config import (
    CameraConfig,
    DetectionConfig,
    EdgeConfig,
    EndpointConfig,
    EvidenceConfig,
    LimitsConfig,
    MetricsConfig,
    RetentionConfig,
    load_edge_config,
)
from droptrace.errors import ConfigError

SAMPLE = Path(__file__).parents[2] / "samples" / "edge.toml"
LEAST = '[[camera]]\naddress = "rtsp://192.0.2.1/a"\n[endpoint]\nurl = "https://centre.example/api"\n'


def load(folder: Path, text: str) -> EdgeConfig:
    path = folder / "edge.toml"
    path.write_text(text, encoding="utf-8")
    return load_edge_config(path)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    message = str(caught.value)
    assert message.startswith(f"{folder / 'edge.toml'}: ")
    return message.removeprefix(f"{folder / 'edge.toml'}: ")


def test_least_file_has_the_defaults(tmp_path: Path) -> None:
    config = load(tmp_path, LEAST)
    assert config == EdgeConfig(
        box_id="box-1",
        data_dir=str(tmp_path / "var/edge"),
        camera=(CameraConfig(address="rtsp://192.0.2.1/a", site=None, id=None),),
        endpoint=EndpointConfig(
            url="https://centre.example/api", token=None, secret=None, send_media=True, timeout_s=20.0
        ),
        detection=DetectionConfig(false_alarms_an_hour=0.2),
        evidence=EvidenceConfig(pre_roll_s=5.0, post_roll_s=5.0),
        limits=LimitsConfig(silent_s=60.0, memory_mb=1000, stop_s=30.0),
    )


def test_sample_names_every_key() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    tables = (
        *(CameraConfig, EndpointConfig, DetectionConfig, EvidenceConfig),
        *(LimitsConfig, RetentionConfig, MetricsConfig),
    )
    for model in (EdgeConfig, *tables):
        for key, field in model.model_fields.items():
            is_table = key in EdgeConfig.model_fields.keys() - {"box_id", "data_dir"}
            ways = (f"\n[{key}]", f"\n[[{key}]]") if is_table else (f"\n{key} = ", f"\n# {key} = ")
            assert any(way in text for way in ways), f"{key} ({field.annotation}) is not in {SAMPLE.name}"


def test_defaults_in_the_comments_of_the_sample_are_the_defaults(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    keys = tuple(
        f"# {key} = "
        for model in (EdgeConfig, EndpointConfig, DetectionConfig, EvidenceConfig, LimitsConfig)
        for key in model.model_fields
        if key not in ("token", "secret", "heartbeat_url")
    )
    lines = [line.removeprefix("# ") if line.startswith(keys) else line for line in text.splitlines()]
    assert load(tmp_path, "\n".join(lines)) == load(tmp_path, text)
    assert sum(line not in text.splitlines() for line in lines) == 10


def test_relative_paths_start_at_the_file_and_addresses_stay(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        'data_dir = "evidence"\n'
        '[[camera]]\naddress = "../clips/a.mp4"\nsite = "sites/a.toml"\n'
        '[[camera]]\naddress = "rtsp://192.0.2.1/a"\n'
        '[endpoint]\nurl = "http://127.0.0.1:8600/api/v1/incidents"\n',
    )
    assert config.data_dir == str(tmp_path / "evidence")
    assert config.camera[0].address == str(tmp_path.parent / "clips" / "a.mp4")
    assert config.camera[0].site == str(tmp_path / "sites" / "a.toml")
    assert config.camera[1] == CameraConfig(address="rtsp://192.0.2.1/a")


def test_absolute_paths_stay_as_they_are(tmp_path: Path) -> None:
    config = load(tmp_path, f'data_dir = "/srv/droptrace"\n{LEAST}')
    assert config.data_dir == "/srv/droptrace"


def test_whole_numbers_do_for_seconds(tmp_path: Path) -> None:
    config = load(tmp_path, f"{LEAST}timeout_s = 30\n[evidence]\npre_roll_s = 8\n")
    assert (config.endpoint.timeout_s, config.evidence.pre_roll_s) == (30.0, 8.0)


def test_configuration_cannot_be_changed(tmp_path: Path) -> None:
    config = load(tmp_path, LEAST)
    with pytest.raises(ValidationError, match="frozen"):
        config.box_id = "other"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'box_ib = "a"\n{LEAST}', "box_ib: unknown key; did you mean box_id?"),
        (f"{LEAST}[evidance]\npre_roll_s = 1.0\n", "evidance: unknown key; did you mean evidence?"),
        (f'{LEAST}tokn = "a"\n', "endpoint.tokn: unknown key; did you mean token?"),
        (f"{LEAST}[evidence]\npre_rol_s = 1.0\n", "evidence.pre_rol_s: unknown key; did you mean pre_roll_s?"),
        (f"{LEAST}[limits]\nmemory = 9\n", "limits.memory: unknown key; did you mean memory_mb?"),
        (LEAST.replace("[endpoint]", 'sight = "a"\n[endpoint]'), "camera.0.sight: unknown key; did you mean site?"),
        (f"wholly = 1\n{LEAST}", "wholly: unknown key; known here are box_id, data_dir, camera"),
    ],
)
def test_unknown_key_is_refused_by_name_with_a_hint(tmp_path: Path, text: str, message: str) -> None:
    assert message in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (LEAST[: LEAST.index("[endpoint]")], "endpoint: is missing"),
        (LEAST.replace('url = "https://centre.example/api"', ""), "endpoint.url: is missing"),
        (LEAST[LEAST.index("[endpoint]") :], "camera: "),
        (f"camera = []\n{LEAST[LEAST.index('[endpoint]') :]}", "camera: "),
        (LEAST.replace('"rtsp://192.0.2.1/a"', '""'), "camera.0.address: "),
        (LEAST.replace('"rtsp://192.0.2.1/a"', "5"), "camera.0.address: "),
        (f'box_id = "a box"\n{LEAST}', "box_id: "),
        (f"box_id = 7\n{LEAST}", "box_id: "),
        (f"{LEAST}timeout_s = 0\n", "endpoint.timeout_s: "),
        (f'{LEAST}timeout_s = "20"\n', "endpoint.timeout_s: "),
        (f"{LEAST}send_media = 1\n", "endpoint.send_media: "),
        (f"{LEAST}[evidence]\npre_roll_s = 61\n", "evidence.pre_roll_s: "),
        (f"{LEAST}[evidence]\npost_roll_s = -1\n", "evidence.post_roll_s: "),
        (f"{LEAST}[limits]\nsilent_s = 1.9\n", "limits.silent_s: "),
        (f"{LEAST}[limits]\nmemory_mb = 200.5\n", "limits.memory_mb: "),
        (f"{LEAST}[limits]\nstop_s = 0\n", "limits.stop_s: "),
        (f"{LEAST}[retention]\ndays = 29\n", "retention.days: Input should be greater than or equal to 30, not 29"),
        (f"{LEAST}[retention]\ndays = 90.5\n", "retention.days: "),
        (f"{LEAST}[retention]\nkeep_free_gb = 0\n", "retention.keep_free_gb: "),
        (f"{LEAST}[retention]\nday = 90\n", "retention.day: unknown key; did you mean days?"),
    ],
)
def test_wrong_value_is_refused_by_the_name_of_its_key(tmp_path: Path, text: str, key: str) -> None:
    assert refusal(tmp_path, text).startswith(key)


def test_nothing_is_deleted_by_default_and_what_is_asked_for_is_read(tmp_path: Path) -> None:
    assert not load(tmp_path, LEAST).retention.is_on
    assert not load(tmp_path, f"{LEAST}[retention]\n").retention.is_on
    retention = load(tmp_path, f"{LEAST}[retention]\ndays = 30\nkeep_free_gb = 20\n").retention
    assert (retention.days, retention.keep_free_gb, retention.is_on) == (30, 20.0, True)
    assert load(tmp_path, f"{LEAST}[retention]\nkeep_free_gb = 0.5\n").retention.is_on


def test_evidence_that_is_not_sent_cannot_be_deleted(tmp_path: Path) -> None:
    told = refusal(tmp_path, f"{LEAST}send_media = false\n[retention]\ndays = 90\n")
    assert told.startswith("retention: only evidence that has arrived at the endpoint is deleted")
    assert "set endpoint.send_media = true" in told


def test_missing_file_is_told_apart_from_a_broken_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"edge\.toml: cannot be read \(No such file or directory\)"):
        load_edge_config(tmp_path / "edge.toml")
    assert refusal(tmp_path, "[[camera]\n").startswith("is not TOML: ")
    (tmp_path / "edge.toml").write_bytes(b"box_id = '\xff'\n")
    with pytest.raises(ConfigError, match="is not TOML: "):
        load_edge_config(tmp_path / "edge.toml")


def test_misspelt_required_key_is_told_as_unknown(tmp_path: Path) -> None:
    text = LEAST.replace("address", "adress")
    assert refusal(tmp_path, text) == "camera.0.adress: unknown key; did you mean address?"


def test_file_without_a_camera_says_so(tmp_path: Path) -> None:
    assert refusal(tmp_path, '[endpoint]\nurl = "https://centre.example/api"\n') == "camera: is missing"


def test_transport_is_one_of_two(tmp_path: Path) -> None:
    for transport in ("tcp", "udp"):
        text = LEAST.replace("[endpoint]", f'transport = "{transport}"\n[endpoint]')
        assert load(tmp_path, text).camera[0].transport == transport
    text = LEAST.replace("[endpoint]", 'transport = "http"\n[endpoint]')
    assert refusal(tmp_path, text) == "camera.0.transport: Input should be 'tcp' or 'udp', not 'http'"


def test_decoder_is_one_of_five(tmp_path: Path) -> None:
    for decoder in ("software", "vaapi", "cuda", "rkmpp", "v4l2m2m"):
        text = LEAST.replace("[endpoint]", f'decoder = "{decoder}"\n[endpoint]')
        assert load(tmp_path, text).camera[0].decoder == decoder
    text = LEAST.replace("[endpoint]", 'decoder = "qsv"\n[endpoint]')
    wrong = refusal(tmp_path, text)
    assert wrong == ("camera.0.decoder: Input should be 'software', 'vaapi', 'cuda', 'rkmpp' or 'v4l2m2m', not 'qsv'")


def test_address_that_is_no_camera_s_is_refused_without_its_password(tmp_path: Path) -> None:
    text = LEAST.replace("rtsp://192.0.2.1/a", "http://admin:hunter2@192.0.2.1/live.mjpg")
    message = refusal(tmp_path, text)
    assert message.startswith("camera.0.address: http:// cannot be read; give an address of rtsp://")
    assert "hunter2" not in message


def test_sub_stream_is_of_a_camera(tmp_path: Path) -> None:
    second = 'detection_address = "rtsp://admin:hunter2@192.0.2.1/sub"\n[endpoint]'
    config = load(tmp_path, LEAST.replace("[endpoint]", second))
    assert config.camera[0].detection_address == "rtsp://admin:hunter2@192.0.2.1/sub"
    assert "hunter2" not in repr(config)
    of_a_file = LEAST.replace("[endpoint]", second).replace("rtsp://192.0.2.1/a", "a.mp4")
    assert refusal(tmp_path, of_a_file) == (
        "camera.0.detection_address: only a camera has a second stream; leave it out for a recording"
    )
    for wrong in ("sub.mp4", "http://admin:hunter2@192.0.2.1/sub"):
        text = LEAST.replace("[endpoint]", f'detection_address = "{wrong}"\n[endpoint]')
        message = refusal(tmp_path, text)
        assert message.startswith("camera.0.detection_address: is no stream of a camera; give an address of rtsp://")
        assert "hunter2" not in message
    assert "hunter2" not in refusal(
        tmp_path, LEAST.replace("[endpoint]", 'detection_address = ["hunter2"]\n[endpoint]')
    )


def test_password_in_an_address_is_in_no_message_and_no_print(tmp_path: Path) -> None:
    address = '"rtsp://admin:hunter2@192.0.2.1/a"'
    text = LEAST.replace('"rtsp://192.0.2.1/a"', address)
    assert "hunter2" not in refusal(tmp_path, text.replace(address, f"[{address}]"))
    assert "hunter2" not in repr(load(tmp_path, text))


def test_wrong_secret_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    assert "90210" not in refusal(tmp_path, LEAST + "token = 90210\n")


def test_two_cameras_that_nothing_tells_apart_are_refused_without_their_password(tmp_path: Path) -> None:
    twins = "".join(f'[[camera]]\naddress = "rtsp://{user}@192.0.2.1/a"\n' for user in ("a:one", "b:two"))
    message = refusal(tmp_path, twins + LEAST[LEAST.index("[endpoint]") :])
    assert message == "camera.address: two cameras without an id have the address rtsp://192.0.2.1/a; give them ids"


def test_one_address_may_be_watched_under_two_ids(tmp_path: Path) -> None:
    twins = "".join(f'[[camera]]\nid = "{name}"\naddress = "rtsp://192.0.2.1/a"\n' for name in ("east", "west"))
    config = load(tmp_path, twins + LEAST[LEAST.index("[endpoint]") :])
    assert [camera.key for camera in config.camera] == ["east", "west"]


def test_camera_in_the_documentation_loads(tmp_path: Path) -> None:
    text = (SAMPLE.parents[1] / "docs" / "cameras.md").read_text(encoding="utf-8")
    shown = text.partition("```toml\n")[2].partition("```")[0]
    config = load(tmp_path, shown + LEAST[LEAST.index("[endpoint]") :])
    assert (config.camera[0].id, config.camera[0].transport) == ("3-north", "udp")


def test_places_to_tell_and_to_listen_at_load(tmp_path: Path) -> None:
    url = 'heartbeat_url = "https://watch.example/boxes"\n'
    config = load(tmp_path, f'{LEAST}{url}[metrics]\nlisten = "127.0.0.1:9108"\n')
    assert (config.endpoint.heartbeat_url, config.metrics.listen) == ("https://watch.example/boxes", "127.0.0.1:9108")
    assert load(tmp_path, LEAST).metrics.place is None


@pytest.mark.parametrize("place", ["9108", ":9108", "localhost", "127.0.0.1:port", "::1:9108", "127.0.0.1:123456"])
def test_place_to_listen_at_without_host_or_port_is_refused(tmp_path: Path, place: str) -> None:
    assert refusal(tmp_path, f'{LEAST}[metrics]\nlisten = "{place}"\n').startswith("metrics.listen: ")


def test_heartbeat_address_that_is_none_is_refused_without_its_password(tmp_path: Path) -> None:
    message = refusal(tmp_path, f'{LEAST}heartbeat_url = "box:hunter2@centre.example"\n')
    assert message.startswith("endpoint.heartbeat_url: ")
    assert "hunter2" not in message
