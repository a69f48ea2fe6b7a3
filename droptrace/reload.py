"""What changes when EDGE.toml is read again while the box runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from droptrace.config import EdgeConfig
from droptrace.roster import Post

_FIXED = ("box_id", "data_dir", "endpoint", "metrics")
"""The data folder is locked, its outbox sends to the endpoint in the name of the box, and metrics hold their port."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Keys of cameras, in the order of the file: new, to be watched in another way, and no longer to be watched."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def difference(before: Mapping[str, Post], after: Mapping[str, Post]) -> Changes:
    """Tell which cameras differ between two rosters; all others are to be left alone."""
    return Changes(
        added=tuple(key for key in after if key not in before),
        changed=tuple(key for key in after if key in before and after[key] != before[key]),
        removed=tuple(key for key in before if key not in after),
    )


def settle(running: EdgeConfig, wanted: EdgeConfig) -> tuple[EdgeConfig, tuple[str, ...]]:
    """Tell what of a new configuration can be had while the box runs.

    Args:
        running: What the box runs with.
        wanted: What its file says now.

    Returns:
        `wanted` with those keys as they are in `running` that take a start of the box, and the names of these keys as
        far as they differ.
    """
    kept = {key: getattr(running, key) for key in _FIXED}
    names = [name for key in _FIXED for name in _differing(key, kept[key], getattr(wanted, key))]
    return wanted.model_copy(update=kept), tuple(names)


def _differing(name: str, running: object, wanted: object) -> Iterator[str]:
    """Name what differs: the key itself, or those of its table."""
    if isinstance(running, BaseModel):
        for key in type(running).model_fields:
            yield from _differing(f"{name}.{key}", getattr(running, key), getattr(wanted, key))
    elif running != wanted:
        yield name
