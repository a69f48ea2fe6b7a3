"""What can go wrong while a scene is made."""


class SampleError(Exception):
    """Anything that the renderer of scenes refuses to do; the message says what, where, and what to do."""


class SceneError(SampleError):
    """A scene that cannot be: a camera that sees nothing, a throw that never comes into view."""


class UnknownSuiteError(SampleError):
    """A suite or a layer that is not registered."""


class BackgroundError(SampleError):
    """A folder of photographs that is missing, empty or unreadable."""


class RenderError(SampleError):
    """A clip that could not be rendered or written."""
