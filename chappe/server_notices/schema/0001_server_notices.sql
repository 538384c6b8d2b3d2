-- What the server itself has told people, and in which room. Both in the person's shard.

CREATE TABLE notice_room (
    user_id TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    made_at BIGINT NOT NULL
); -- clustered

CREATE TABLE notice_told (
    user_id TEXT NOT NULL,
    key TEXT NOT NULL,            -- whoever tells gives it: the same again is told once
    told_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, key)
); -- clustered
