"""What may be switched off, to measure what it is worth."""

from dataclasses import dataclass, replace

from droptrace.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the pipeline that a benchmark can do without.

    Attributes:
        seeing: Shake and light are measured and compensated.
        clutter: The density of clutter is learnt for each cell of the picture; without, it is one number everywhere.
        physics: Falls are fitted and tested in space; without, only in the picture.
        trace_back: Tracks are followed back to earlier detections, and falls looked for again in the pictures before.
        origin: Floors come from the fit in space, with probabilities; without, from where the object was first seen.
        network: A network looks at what may be a fall, where one is installed.
    """

    seeing: bool = True
    clutter: bool = True
    physics: bool = True
    trace_back: bool = True
    origin: bool = True
    network: bool = True

    @classmethod
    def without(cls, *names: str) -> "Parts":
        """Switch parts off by their names, with hyphens for underscores.

        Raises:
            ConfigError: No part is called so.
        """
        known = [name.replace("_", "-") for name in cls.__dataclass_fields__]
        for name in names:
            if name not in known:
                raise ConfigError(f"no part is called {name!r}: choose from {', '.join(known)}")
        return replace(cls(), **{name.replace("-", "_"): False for name in names})

    @property
    def label(self) -> str:
        """Name what is switched off, for results; empty where nothing is."""
        off = [name.replace("_", "-") for name in self.__dataclass_fields__ if not getattr(self, name)]
        return f"without {', '.join(off)}" if off else ""
