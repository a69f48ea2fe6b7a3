"""What a network can take a moving thing for."""

from enum import StrEnum


class MotionClass(StrEnum):
    """The classes, in the order in which networks number them from 0."""

    FALLING_OBJECT = "falling_object"
    BIRD = "bird"
    INSECT = "insect"
    LEAF_OR_PAPER = "leaf_or_paper"
    RAIN_OR_SNOW = "rain_or_snow"
    CLOTH = "cloth"
    PERSON = "person"
    LAMP_OR_REFLECTION = "lamp_or_reflection"


CLASSES: tuple[MotionClass, ...] = tuple(MotionClass)
