-- Where people are told, and of what. Both commit in the person's shard.

CREATE TABLE pusher (
    user_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    pushkey TEXT NOT NULL,
    device_id TEXT NOT NULL,
    app_display_name TEXT NOT NULL,
    device_display_name TEXT NOT NULL,
    profile_tag TEXT,
    lang TEXT NOT NULL,
    data BYTEA NOT NULL,          -- JSON, as the client gave it: the gateway's url, format, and more
    changed_at BIGINT NOT NULL,
    sent BIGINT NOT NULL,         -- the place of the last notification that was dealt with
    PRIMARY KEY (user_id, app_id, pushkey)
); -- clustered
CREATE INDEX pusher_key ON pusher (app_id, pushkey);

CREATE TABLE notification (
    user_id TEXT NOT NULL,
    event_place BIGINT NOT NULL,
    place BIGINT NOT NULL,        -- in the person's shard
    room_id TEXT NOT NULL,
    tweaks BYTEA NOT NULL,        -- JSON: how the person is to be told
    queued_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, event_place)
); -- clustered
CREATE INDEX notification_place ON notification (user_id, place);
