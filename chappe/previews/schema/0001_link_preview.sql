-- What pages say of themselves, for a day. Each row commits in the shard of its digest.

CREATE TABLE link_preview (
    digest TEXT NOT NULL PRIMARY KEY,  -- SHA-256 of the address, which itself is not kept
    said BYTEA NOT NULL,               -- JSON, as it is told
    media_id TEXT,                     -- its picture
    expires_at BIGINT NOT NULL
); -- clustered
CREATE INDEX link_preview_expiry ON link_preview (expires_at);
CREATE INDEX link_preview_media ON link_preview (media_id);
