-- How events relate to one another, and the threads this makes. Everything here commits in the room's shard.

CREATE TABLE relation (
    parent BIGINT NOT NULL,       -- the place of the event that is related to
    place BIGINT NOT NULL,        -- of the event that relates to it
    rel_type TEXT NOT NULL,
    type TEXT NOT NULL,           -- of the event that relates
    sender TEXT NOT NULL,
    PRIMARY KEY (parent, place)
); -- clustered
CREATE INDEX relation_kind ON relation (parent, rel_type, place, sender);

CREATE TABLE annotation (
    digest BYTEA PRIMARY KEY,     -- of what is annotated, by whom and how: nobody says the same twice
    place BIGINT NOT NULL         -- of the annotation
); -- clustered

CREATE TABLE thread (
    room_id TEXT NOT NULL,
    root TEXT NOT NULL,           -- the event id of the thread's root
    root_place BIGINT NOT NULL,
    latest BIGINT NOT NULL,       -- the place of the last event that continues it
    PRIMARY KEY (room_id, root)
); -- clustered
CREATE INDEX thread_latest ON thread (room_id, latest);

CREATE TABLE thread_event (
    room_id TEXT NOT NULL,
    place BIGINT NOT NULL,        -- of an event in a thread, by its own relation or that of what it relates to
    root TEXT NOT NULL,
    sender TEXT NOT NULL,
    counted BIGINT NOT NULL,      -- whether it notifies: 0 or 1
    threaded BIGINT NOT NULL,     -- how many events of the room's threads notify, this one included
    PRIMARY KEY (room_id, place)
); -- clustered
