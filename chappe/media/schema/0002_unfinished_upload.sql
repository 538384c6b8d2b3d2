-- Uploads that come in several requests. Their bytes are in a file on this machine, durable up to received_bytes. One
-- that is whole becomes media; one whose id expires, or is used otherwise, goes.

CREATE TABLE unfinished_upload (
    media_id TEXT NOT NULL PRIMARY KEY,
    file_key TEXT NOT NULL,       -- random: the name of the file
    user_id TEXT NOT NULL,
    content_type TEXT NOT NULL,   -- as declared
    filename TEXT,
    length_bytes BIGINT NOT NULL, -- as declared: how long it will be
    received_bytes BIGINT NOT NULL
); -- clustered
CREATE INDEX unfinished_upload_user ON unfinished_upload (user_id, length_bytes);
CREATE UNIQUE INDEX unfinished_upload_file ON unfinished_upload (file_key);
