"""What can go wrong between a camera and a frame."""
# ruff: noqa: N818 - a name such as StreamLost says what happened; the tree says that it is an error.


class VisionError(Exception):
    """Anything that this package raises on purpose."""


class SourceError(VisionError):
    """A source of frames cannot be opened or cannot go on."""


class SourceNotFound(SourceError):
    """Nothing is at that address."""


class NotAVideo(SourceError):
    """Something is there, but no picture can be read from it."""


class NoFrames(SourceError):
    """It opens like a video, but not one frame of it decodes."""


class SizeChanged(SourceError):
    """The pictures changed their size on the way; whatever was learnt about the scene no longer fits."""


class BadTimes(SourceError):
    """The file that gives pictures their times is wrong."""


class StreamRefused(SourceError):
    """The camera answered, and said no: wrong credentials, wrong path, too many viewers, or no pictures to give."""


class CredentialsRefused(StreamRefused):
    """The camera wants other credentials; some lock the account of who tries too often."""


class StreamLost(SourceError):
    """The camera does not answer, or no longer."""


class NotHeld(SourceError):
    """The pictures asked for are no longer, or not yet, held."""


class HardwareUnusable(VisionError):
    """The hardware that is to decode cannot be used."""


class RecordingNotWritten(VisionError):
    """The originals could not be written to disk."""


class OnvifError(VisionError):
    """A device on the network does not tell its streams by ONVIF."""


class OnvifFault(OnvifError):
    """It understood what it was asked, and says no: that may be asked in another way."""


class OnvifRefused(OnvifError):
    """It wants credentials, or other ones."""


class ProbeFailed(OnvifError):
    """The local network cannot be asked at all."""
