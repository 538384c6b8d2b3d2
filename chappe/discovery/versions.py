"""What GET /versions may promise: a version of the specification only once nothing a client does with it fails.

`docs/decisions/0009-versions-to-1-12.md` says what each later version still waits for.
"""

VERSIONS = tuple(f"v1.{number}" for number in range(1, 13))

UNSTABLE_FEATURES = {
    "org.matrix.msc4222": True,  # use_state_after in /sync
    "uk.tcpip.msc4133": True,  # extended profiles
    "uk.tcpip.msc4133.stable": True,
    "org.matrix.msc3814": True,  # dehydrated devices
    "org.matrix.msc3026.busy_presence": True,  # "busy" beside online, unavailable and offline
    "uk.half-shot.msc2666.query_mutual_rooms.stable": True,  # rooms in common
}
