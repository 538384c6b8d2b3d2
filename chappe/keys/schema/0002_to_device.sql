-- Messages from device to device, until they are received. Commits in the shard of their user.

CREATE TABLE to_device_message (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    place BIGINT NOT NULL,       -- when it came; all devices that one request reaches share it
    event BYTEA NOT NULL,        -- as the device is told it, JSON
    PRIMARY KEY (user_id, device_id, place)
); -- clustered

CREATE TABLE to_device_request (
    user_id TEXT NOT NULL,       -- who sent
    device_id TEXT NOT NULL,
    repeat_key BYTEA NOT NULL,   -- hash of event type and transaction ID: a repeat finds that it was done
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, device_id, repeat_key)
); -- clustered
CREATE INDEX to_device_request_age ON to_device_request (user_id, device_id, sent_at);
