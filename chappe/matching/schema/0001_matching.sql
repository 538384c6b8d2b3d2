-- Lists of hashes, and what of the things shown to everybody stands on them. All of it in the register.

-- A version of a list. Of each name at most one is live.
CREATE TABLE hash_list (
    import_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,           -- sha256, pdq
    topic TEXT NOT NULL,          -- what it is about
    source TEXT NOT NULL,
    owner TEXT NOT NULL,
    vetted BIGINT NOT NULL,       -- 1: each entry was looked at by those who keep the list
    state TEXT NOT NULL,          -- loading, staged, live, replaced, retired, dropped
    entries BIGINT NOT NULL,
    digest TEXT NOT NULL,         -- SHA-256 over its hashes in order; '' while it is loading
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    live_at BIGINT,
    ended_at BIGINT
); -- clustered
CREATE UNIQUE INDEX hash_list_version ON hash_list (name, version);

-- Its hashes, many in a row. They go when the version ends.
CREATE TABLE hash_chunk (
    import_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (import_id, number)
); -- clustered

CREATE TABLE media_match (
    match_id TEXT NOT NULL PRIMARY KEY,
    list_name TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    vetted BIGINT NOT NULL,
    distance BIGINT NOT NULL,
    quality BIGINT NOT NULL,
    media_id TEXT NOT NULL,
    uploader TEXT NOT NULL,
    event_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    found_at BIGINT NOT NULL
); -- clustered
CREATE INDEX media_match_found ON media_match (found_at);

-- Files that a person has judged to be fine: lists say nothing of them any more.
CREATE TABLE cleared_file (
    sha256 BYTEA NOT NULL PRIMARY KEY,
    why TEXT NOT NULL,
    cleared_at BIGINT NOT NULL
); -- clustered

-- Media that events in open rooms name and that is not uploaded yet.
CREATE TABLE awaited_media (
    media_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    PRIMARY KEY (media_id, event_id)
); -- clustered
