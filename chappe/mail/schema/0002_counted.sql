-- Notices use up no limit: else who is told much could not have a forgotten password replaced.

ALTER TABLE outgoing_mail ADD COLUMN counted BIGINT NOT NULL DEFAULT 1;  -- 1: it counts for the limits
