-- A device that waits for its person's next login. Commits in the shard of its user.

CREATE TABLE dehydrated_device (
    user_id TEXT PRIMARY KEY,    -- nobody has more than one
    device_id TEXT NOT NULL,     -- its row in `device` has no access token
    device_data BYTEA NOT NULL   -- its private keys, encrypted by the person's other device; JSON
);
