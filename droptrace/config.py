"""EDGE.toml: what the edge box watches and where its work orders go."""

import difflib
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from droptrace.errors import ConfigError
from droptrace.job import FALSE_ALARMS_AN_HOUR
from evidence.retention import LEAST_DAYS
from vision.camera_address import without_credentials
from vision.decoder_kind import DecoderKind
from vision.rtsp_settings import Transport

_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

_SCHEMES = ("rtsp", "rtsps")
# An address may have a password in it.
_SECRETS = frozenset({"token", "secret", "address", "detection_address", "url", "heartbeat_url"})


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CameraConfig(_Table):
    """One `[[camera]]`."""

    address: str = Field(min_length=1, repr=False)
    detection_address: str | None = Field(default=None, min_length=1, repr=False)
    site: str | None = None
    id: str | None = Field(default=None, pattern=_NAME)
    transport: Transport = "tcp"
    decoder: DecoderKind = "software"

    @property
    def key(self) -> str:
        """Tell this camera from the others of the box, also when something else about it changes."""
        return self.id or (without_credentials(self.address) if "://" in self.address else self.address)


class EndpointConfig(_Table):
    """The `[endpoint]` that takes work orders."""

    url: str = Field(min_length=1)
    token: str | None = None
    secret: str | None = None
    send_media: bool = True
    timeout_s: float = Field(default=20.0, gt=0, le=300)
    heartbeat_url: str | None = Field(default=None, pattern=r"^https?://[^/]")


class DetectionConfig(_Table):
    """What `[detection]` asks of a fall."""

    false_alarms_an_hour: float = Field(default=FALSE_ALARMS_AN_HOUR, gt=0, le=100)


class EvidenceConfig(_Table):
    """The `[evidence]` kept of each incident."""

    pre_roll_s: float = Field(default=5.0, ge=0, le=60)
    post_roll_s: float = Field(default=5.0, ge=0, le=60)


class LimitsConfig(_Table):
    """The `[limits]` of a camera's process."""

    silent_s: float = Field(default=60.0, ge=2, le=3600)
    memory_mb: int = Field(default=1000, ge=50)
    stop_s: float = Field(default=30.0, ge=1, le=600)


class RetentionConfig(_Table):
    """The `[retention]` of evidence; nothing is deleted where it says nothing."""

    days: int | None = Field(default=None, ge=LEAST_DAYS)
    keep_free_gb: float | None = Field(default=None, gt=0)

    @property
    def is_on(self) -> bool:
        """Tell whether anything is ever to be deleted."""
        return self.days is not None or self.keep_free_gb is not None


class MetricsConfig(_Table):
    """The `[metrics]` for whoever scrapes them."""

    listen: str | None = Field(default=None, pattern=r"^(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+):[0-9]{1,5}$")

    @property
    def place(self) -> tuple[str, int] | None:
        """Give host and port to listen on; None where nobody asks."""
        if self.listen is None:
            return None
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class EdgeConfig(_Table):
    """All of EDGE.toml."""

    box_id: str = Field(default="box-1", pattern=_NAME)
    data_dir: str = "var/edge"
    camera: tuple[CameraConfig, ...] = Field(min_length=1)
    endpoint: EndpointConfig
    detection: DetectionConfig = DetectionConfig()
    evidence: EvidenceConfig = EvidenceConfig()
    limits: LimitsConfig = LimitsConfig()
    metrics: MetricsConfig = MetricsConfig()
    retention: RetentionConfig = RetentionConfig()


def load_edge_config(path: Path) -> EdgeConfig:
    """Read EDGE.toml; relative paths in it start at its own folder.

    Raises:
        ConfigError: It cannot be read, or something in it is wrong; the message names the key.
    """
    table = read_toml(path, "the edge box's file")
    try:
        config = EdgeConfig.model_validate(_with_tuples(table))
    except ValidationError as error:
        # A misspelt key is both unknown and missing: the first tells more.
        worst = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        raise ConfigError(f"{path}: {_explain(worst)}") from error
    for number, camera in enumerate(config.camera):
        _check_addresses(camera, f"{path}: camera.{number}")
    if config.retention.is_on and not config.endpoint.send_media:
        raise ConfigError(
            f"{path}: retention: only evidence that has arrived at the endpoint is deleted, and files are not sent; "
            "set endpoint.send_media = true, or leave out retention"
        )
    names = [camera.id for camera in config.camera if camera.id]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ConfigError(f"{path}: camera.id: two cameras are named {twice}; give each a name of its own")
    config = _anchored(config, path.parent)
    keys = [camera.key for camera in config.camera]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ConfigError(f"{path}: camera.address: two cameras without an id have the address {twice}; give them ids")
    return config


def _check_addresses(camera: CameraConfig, where: str) -> None:
    """Refuse what cannot be read, without telling passwords.

    Raises:
        ConfigError: An address is none that can be read, or a sub-stream has no main stream.
    """
    scheme, mark, _ = camera.address.partition("://")
    is_camera = bool(mark) and scheme.lower() in _SCHEMES
    if mark and not is_camera:
        raise ConfigError(
            f"{where}.address: {scheme}:// cannot be read; give an address of rtsp:// or rtsps://, a recorded file, or "
            "a folder of images"
        )
    if camera.detection_address is None:
        return
    if not is_camera:
        raise ConfigError(f"{where}.detection_address: only a camera has a second stream; leave it out for a recording")
    scheme, mark, _ = camera.detection_address.partition("://")
    if not mark or scheme.lower() not in _SCHEMES:
        raise ConfigError(
            f"{where}.detection_address: is no stream of a camera; give an address of rtsp:// or rtsps://"
        )


def read_toml(path: Path, what: str) -> dict[str, object]:
    """Read a TOML file.

    Args:
        path: The file.
        what: What is wanted, for the message.

    Raises:
        ConfigError: It cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); give the path of {what}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error


def _with_tuples(table: dict[str, object]) -> dict[str, object]:
    """Turn TOML's array of cameras into the model's tuple; strict mode would refuse it as another type."""
    cameras = table.get("camera")
    return table | {"camera": tuple(cameras)} if isinstance(cameras, list) else table


def _anchored(config: EdgeConfig, folder: Path) -> EdgeConfig:
    """Make the paths of a configuration absolute, seen from the folder of its file."""

    def place(path: str) -> str:
        return path if "://" in path else str((folder / path).resolve())

    cameras = tuple(
        camera.model_copy(
            update={"address": place(camera.address), "site": None if camera.site is None else place(camera.site)}
        )
        for camera in config.camera
    )
    return config.model_copy(update={"camera": cameras, "data_dir": place(config.data_dir)})


def _explain(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f"{key}: is missing"
    if error["type"] != "extra_forbidden":
        told = "" if str(error["loc"][-1]) in _SECRETS else f", not {error['input']!r}"
        return f"{key}: {error['msg']}{told}"
    tables: dict[str, type[_Table]] = {
        "camera": CameraConfig,
        "endpoint": EndpointConfig,
        "detection": DetectionConfig,
        "evidence": EvidenceConfig,
        "limits": LimitsConfig,
        "metrics": MetricsConfig,
        "retention": RetentionConfig,
    }
    known = tables.get(str(error["loc"][0]) if len(error["loc"]) > 1 else "", EdgeConfig)
    near = difflib.get_close_matches(str(error["loc"][-1]), known.model_fields, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known here are {', '.join(known.model_fields)}"
    return f"{key}: unknown key; {hint}"
