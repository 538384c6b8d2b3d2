-- When somebody was last told by mail. For other pushers it stays 0.

ALTER TABLE pusher ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
