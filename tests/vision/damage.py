"""RTP packets as a bad cable, a full network or a hostile sender would make them."""

from collections.abc import Callable, Sequence

import numpy as np

_HEAD_BYTES = 12
_PARAMETER_PACKETS = 4

Packets = list[bytes]


def damaged(packets: Sequence[bytes], seed: int) -> tuple[bytes, ...]:
    """Damage packets in one way of six, chosen with all its details by the seed."""
    rng = np.random.default_rng(seed)
    result = list(packets)
    _WAYS[seed % len(_WAYS)](rng, result)
    return tuple(result)


def _flip(rng: np.random.Generator, content: bytes, start: int, stop: int) -> bytes:
    """Flip 1 to 16 bits of the bytes from `start` up to `stop`."""
    changed = bytearray(content)
    for _ in range(int(rng.integers(1, 17))):
        if start < min(stop, len(changed)):
            changed[int(rng.integers(start, min(stop, len(changed))))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _some(rng: np.random.Generator, packets: Packets) -> list[int]:
    return [int(i) for i in rng.integers(0, len(packets), int(rng.integers(1, 9)))]


def _flip_pictures(rng: np.random.Generator, packets: Packets) -> None:
    for i in _some(rng, packets):
        packets[i] = _flip(rng, packets[i], _HEAD_BYTES, len(packets[i]))


def _flip_parameters(rng: np.random.Generator, packets: Packets) -> None:
    """Flip bits of the first packets, which say how large pictures are and how they are encoded."""
    for i in range(min(_PARAMETER_PACKETS, len(packets))):
        packets[i] = _flip(rng, packets[i], _HEAD_BYTES, _HEAD_BYTES + 64)


def _flip_heads(rng: np.random.Generator, packets: Packets) -> None:
    """Flip bits of times, kinds and marks."""
    for i in _some(rng, packets):
        packets[i] = _flip(rng, packets[i], 0, _HEAD_BYTES)


def _cut(rng: np.random.Generator, packets: Packets) -> None:
    for i in _some(rng, packets):
        packets[i] = packets[i][: int(rng.integers(0, len(packets[i]) + 1))]


def _lose_and_mix(rng: np.random.Generator, packets: Packets) -> None:
    for i in _some(rng, packets):
        packets[i], packets[i - 1] = packets[i - 1], packets[i]
    for i in _some(rng, packets):
        packets[i] = packets[i - 1]
    for i in sorted(set(_some(rng, packets)), reverse=True):
        del packets[i]


def _noise(rng: np.random.Generator, packets: Packets) -> None:
    for i in _some(rng, packets):
        packets[i] = packets[i][:_HEAD_BYTES] + rng.bytes(max(0, len(packets[i]) - _HEAD_BYTES))


_WAYS: tuple[Callable[[np.random.Generator, Packets], None], ...] = (
    _flip_pictures,
    _flip_parameters,
    _flip_heads,
    _cut,
    _lose_and_mix,
    _noise,
)
