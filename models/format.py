"""The forms in which networks are handed to edge boxes."""

from enum import StrEnum


class Format(StrEnum):
    """One .onnx file for every back end, or a folder in OpenVINO's own form."""

    ONNX = "onnx"
    OPENVINO = "openvino"
