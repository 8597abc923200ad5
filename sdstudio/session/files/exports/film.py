"""An MP4 film, by FFmpeg's encoders through PyAV."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO

from sdstudio.session.files.exports.timing import HELD

if TYPE_CHECKING:
    import numpy as np

RATE = 30
"""Frames a second, all of one length: players cannot be relied on to honour others."""

_BT709 = 1
"""ITU-T H.273's number of these primaries, transfer function and matrix."""

_ENCODERS = (
    ("libx264", {"crf": "16", "preset": "medium", "tune": "animation"}),
    ("mpeg4", {"qscale": "3"}),
)
"""The first that is built in is taken. H.264 plays everywhere, MPEG-4 part 2 in most players."""


def write_film(
    file: BinaryIO,
    pictures: Iterable[np.ndarray],
    count: int,
    seconds: float,
    *,
    held: float = HELD,
    rate: int = RATE,
) -> None:
    """Write a film.

    Args:
        file: Open for reading, writing and seeking.
        pictures: (height, width, 3) uint8, all of one size; taken one by one. An odd size
            loses its last row or column: the usual pixel format has one colour for 2 x 2.
        count: How many there are.
        seconds: Length without the hold.
        held: Seconds by which the last frame stands longer.
        rate: Frames a second of the file, in which a picture may stand for several.

    Raises:
        OSError: The film cannot be encoded or written.
    """
    import av
    from av.video.reformatter import ColorRange, Colorspace

    name, options = next(each for each in _ENCODERS if each[0] in av.codecs_available)
    watched = _Watched(file)
    begin = 0
    try:
        with av.open(watched, "w", format="mp4") as film:
            stream = film.add_stream(name, rate=rate, options=options)
            assert isinstance(stream, av.VideoStream)
            stream.pix_fmt = "yuv420p"
            # Said in the file, so that no player guesses by the size.
            stream.codec_context.colorspace = _BT709
            stream.codec_context.color_primaries = _BT709
            stream.codec_context.color_trc = _BT709
            stream.codec_context.color_range = ColorRange.MPEG
            for index, picture in enumerate(pictures):
                height, width = (side - side % 2 for side in picture.shape[:2])
                if index == 0:
                    stream.width, stream.height = width, height
                frame = av.VideoFrame.from_ndarray(picture[:height, :width].copy(), format="rgb24")
                frame = frame.reformat(
                    format="yuv420p",
                    src_color_range=ColorRange.JPEG,
                    dst_colorspace=Colorspace.ITU709,
                    dst_color_range=ColorRange.MPEG,
                )
                end = round(rate * seconds * (index + 1) / count)
                if index + 1 == count:
                    end += round(rate * held)
                for time in range(begin, end):
                    frame.pts = time
                    film.mux(stream.encode(frame))
                begin = max(begin, end)
            film.mux(stream.encode(None))
    except av.error.FFmpegError as error:
        raise (watched.error or OSError(str(error))) from error


class _Watched:
    """A file that remembers why it could not be written: FFmpeg keeps no more than that."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None
        self.read = file.read
        self.seek = file.seek
        self.tell = file.tell

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = self.error or error
            raise
