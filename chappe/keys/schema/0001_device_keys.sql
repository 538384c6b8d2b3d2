-- Keys of devices and people. All in the shard of their user, but for device_list_change: the room's.

CREATE TABLE device_keys (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    keys BYTEA NOT NULL,          -- JSON as the device signed it, without signatures and unsigned
    signature TEXT NOT NULL,      -- the device's own
    PRIMARY KEY (user_id, device_id)
); -- clustered

CREATE TABLE one_time_key (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_id TEXT NOT NULL,
    place BIGINT NOT NULL,        -- of the upload: the oldest is claimed first
    key BYTEA NOT NULL,           -- JSON
    claimed_at BIGINT,            -- NULL until it was given out, which happens once; remembered for repeated uploads
    PRIMARY KEY (user_id, device_id, algorithm, key_id)
); -- clustered
CREATE INDEX one_time_key_age ON one_time_key (user_id, device_id, algorithm, place, key_id) WHERE claimed_at IS NULL;

CREATE TABLE fallback_key (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_id TEXT NOT NULL,
    key BYTEA NOT NULL,           -- JSON
    used BIGINT NOT NULL,         -- 1 since it was first given out
    PRIMARY KEY (user_id, device_id, algorithm)
); -- clustered

CREATE TABLE cross_signing_key (
    user_id TEXT NOT NULL,
    usage TEXT NOT NULL,          -- master, self_signing or user_signing
    public_key TEXT NOT NULL,
    keys BYTEA NOT NULL,          -- JSON as it was signed, without signatures and unsigned
    PRIMARY KEY (user_id, usage)
); -- clustered

CREATE TABLE key_signature (
    user_id TEXT NOT NULL,        -- whose key signed
    target_user_id TEXT NOT NULL,
    target TEXT NOT NULL,         -- a device id, or a public key
    key_id TEXT NOT NULL,         -- of the key that signed, as in the JSON: ed25519:…
    signature TEXT NOT NULL,
    PRIMARY KEY (user_id, target_user_id, target, key_id)
); -- clustered

CREATE TABLE device_list (
    user_id TEXT NOT NULL,
    about TEXT NOT NULL,          -- whose keys the user's devices have to look at: their own, or someone they signed
    place BIGINT NOT NULL,        -- in the user's shard
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, about)
); -- clustered

CREATE TABLE device_list_change (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    place BIGINT NOT NULL,        -- in the room's shard: there the room was last told that the user's keys changed
    PRIMARY KEY (room_id, user_id)
); -- clustered
CREATE INDEX device_list_change_place ON device_list_change (room_id, place);
