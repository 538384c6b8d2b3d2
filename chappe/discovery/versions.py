"""What GET /versions may promise: a version of the specification only once nothing a client does with it fails.

`docs/decisions/0004-versions-told.md` says what each version still waits for.
"""

VERSIONS = ("v1.1", "v1.2", "v1.3")

UNSTABLE_FEATURES = {
    "org.matrix.msc4222": True,  # use_state_after in /sync
    "uk.tcpip.msc4133": True,  # extended profiles
    "uk.tcpip.msc4133.stable": True,
}
