"""What decodes the pictures of a source."""

from typing import Literal

DecoderKind = Literal["software", "vaapi", "cuda", "rkmpp", "v4l2m2m"]
"""Software, or the hardware of Intel and AMD, of NVIDIA, of Rockchip, or of whatever the kernel knows."""
