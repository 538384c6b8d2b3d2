-- How far people have read. Commits in the room's shard.

CREATE TABLE receipt (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    type TEXT NOT NULL,           -- m.read or m.read.private
    thread_id TEXT NOT NULL,      -- empty: unthreaded; main, or the event id of the thread's root
    event_id TEXT NOT NULL,
    event_place BIGINT NOT NULL,
    counted BIGINT NOT NULL,      -- how many events notify up to that event
    ts BIGINT NOT NULL,
    place BIGINT NOT NULL,        -- of the receipt's last change
    PRIMARY KEY (room_id, user_id, type, thread_id)
); -- clustered
CREATE INDEX receipt_place ON receipt (room_id, place);
