"""A program that takes limits on itself and becomes ffmpeg: it writes one frame a second of a video as pixels.

Called with the path of ffmpeg, the name of what reads the file, and the file. Imports nothing of Chappe.
"""

import os
import resource
import sys

CPU_SECONDS = 60
MEMORY_BYTES = 2 * 1024 * 1024 * 1024


def command_of(program: str, demuxer: str, path: str) -> list[str]:
    """What is run. A file cannot name others: it is read in one format only, and nothing but files is opened."""
    return [
        program, "-nostdin", "-loglevel", "quiet", "-threads", "1", "-protocol_whitelist", "file", "-f", demuxer,
        "-i", f"file:{path}", "-map", "0:v:0", "-vf", "fps=1,scale=512:512", "-pix_fmt", "rgb24", "-f", "rawvideo",
        "pipe:1",
    ]  # fmt: skip


def main() -> None:
    """Take limits, then run it."""
    os.nice(10)
    for limit, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(limit, (most, most))
    command = command_of(*sys.argv[1:4])
    os.execv(command[0], command)  # noqa: S606  # no shell, and the path comes from ourselves


if __name__ == "__main__":
    main()
