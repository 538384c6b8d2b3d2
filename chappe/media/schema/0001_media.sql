-- What people have uploaded. Each row commits in the shard of its media id, and only when its file is on the disk.

CREATE TABLE media (
    media_id TEXT NOT NULL PRIMARY KEY,
    file_key TEXT NOT NULL,       -- random: where the bytes are
    uploader TEXT NOT NULL,
    content_type TEXT NOT NULL,   -- as declared
    filename TEXT,
    size_bytes BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT             -- not shown any more; the row and the file go once no hold is on them
); -- clustered
CREATE INDEX media_uploader ON media (uploader, size_bytes);
CREATE UNIQUE INDEX media_file_key ON media (file_key);

-- Ids that were given out before their content was there.
CREATE TABLE reserved_media (
    media_id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
); -- clustered
CREATE INDEX reserved_media_user ON reserved_media (user_id, expires_at);
CREATE INDEX reserved_media_expiry ON reserved_media (expires_at);

-- Files whose row is gone and that are still to be deleted.
CREATE TABLE unlinked_file (
    file_key TEXT NOT NULL PRIMARY KEY,
    media_id TEXT NOT NULL        -- gives the shard
); -- clustered
