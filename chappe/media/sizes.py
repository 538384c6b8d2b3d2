"""Which sizes of thumbnails there are. Pure.

Client-Server API v1.19, "Thumbnails": a thumbnail is never smaller than asked for, unless the image is. A few sizes
for all requests, so that one image has few thumbnails, whatever is asked for.
"""

from typing import Literal

import msgspec

Method = Literal["crop", "scale"]
Job = Literal["crop", "scale", "pdq"]

SCALED = ((320, 240), (640, 480), (800, 600), (1600, 1200))
CROPPED = ((32, 32), (96, 96), (256, 256), (512, 512), (320, 240), (640, 480), (800, 600))
"""Those that the specification names, and larger ones for dense screens. Smallest first, in each shape."""
WHOLE = (1 << 20, 1 << 20)
"""Beyond all of them: no image is larger, so it is answered as it is."""

SHAPE_TOLERANCE = 0.1
"""By how much the shape of a cropped thumbnail may differ from what was asked for."""


class Wanted(msgspec.Struct, frozen=True):
    """A thumbnail to be made. Scaled, it covers that size; cropped, it has it."""

    width: int
    height: int
    method: Job
    animated: bool

    @property
    def name(self) -> str:
        """What tells it from others of the same image; fit for a file name."""
        return f"{self.width}x{self.height}-{self.method}" + ("-animated" if self.animated else "")


HASHES = Wanted(0, 0, "pdq", animated=True)
"""No thumbnail but the PDQ hashes of the image."""


def wanted_size(width: int, height: int, method: Method, *, animated: bool) -> Wanted:
    """The smallest thumbnail that is at least as large as what is asked for.

    Cropping to a shape that is not among the sizes becomes scaling: the client crops what is too much.
    """
    if method == "crop":
        for w, h in CROPPED:
            if w >= width and h >= height and abs(w * height - h * width) <= SHAPE_TOLERANCE * w * height:
                return Wanted(w, h, "crop", animated)
    for w, h in SCALED:
        if w >= width and h >= height:
            return Wanted(w, h, "scale", animated)
    return Wanted(*WHOLE, "scale", animated)
