"""Which of an incident's files the pages show, and as what."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from server.media import Media

_KNOWN = ("release", "middle", "end", "strobe", "overlay")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to show: its file, the key of its caption, and what the file's name says where no caption is known."""

    media: Media
    caption: str
    stem: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """The clip, the picture of the release, and all pictures made from the recording."""

    clip: Media | None
    release: Media | None
    pictures: tuple[Picture, ...]


def make_gallery(media: tuple[Media, ...]) -> Gallery:
    """Sort an incident's files by what they show.

    A picture is known by the word in its file's name; those of no known name come last. Original pictures (of a
    recording made of images) are not shown one by one. Of several clips, one for each connection, the first is shown.
    """
    clips = [file for file in media if file.role == "original" and file.content_type.startswith("video/")]
    made = [_picture(file) for file in media if file.role == "derived" and file.content_type.startswith("image/")]
    pictures = sorted(made, key=lambda picture: (_order(picture.caption), picture.media.name))
    release = next((picture.media for picture in pictures if picture.caption == "release"), None)
    return Gallery(min(clips, key=_clip_order, default=None), release, tuple(pictures))


def _clip_order(clip: Media) -> tuple[int, str]:
    # By name alone "clip-2.mp4" comes before "clip.mp4", and "clip-10.mp4" before "clip-2.mp4".
    return len(clip.name), clip.name


def _picture(media: Media) -> Picture:
    stem = PurePosixPath(media.name).stem
    words = stem.lower().replace("_", "-").split("-")
    # "release-overlay" is a picture with a path drawn in, not the clean one.
    found = [word for word in ("overlay", *_KNOWN) if word in words]
    return Picture(media, found[0] if found else "other", stem)


def _order(caption: str) -> int:
    return _KNOWN.index(caption) if caption in _KNOWN else len(_KNOWN)
