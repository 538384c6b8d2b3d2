-- Keys of rooms that people keep for their next device, encrypted by the one before. In the shard of their user.

CREATE TABLE key_backup (
    user_id TEXT NOT NULL,
    version BIGINT NOT NULL,         -- counts the person's backups; the highest that is not deleted is the current one
    algorithm TEXT NOT NULL,         -- empty: erased; the row says that there was that version
    auth_data BYTEA NOT NULL,        -- JSON
    etag BIGINT NOT NULL,            -- counts the changes of its keys
    count BIGINT NOT NULL,           -- how many keys it has
    size_bytes BIGINT NOT NULL,      -- of their session_data together
    deleted_at BIGINT,               -- nobody sees it any more; its keys go one part after the other
    PRIMARY KEY (user_id, version)
); -- clustered

CREATE TABLE backed_up_key (
    user_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    is_verified BIGINT NOT NULL,
    first_message_index BIGINT NOT NULL,
    forwarded_count BIGINT NOT NULL,
    session_data BYTEA NOT NULL,     -- JSON
    PRIMARY KEY (user_id, version, room_id, session_id)
); -- clustered
