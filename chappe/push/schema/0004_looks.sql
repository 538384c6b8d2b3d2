-- Who has rules that look into single events: for them a reader counts. Of rules that were there before it is assumed.

ALTER TABLE push_rules ADD COLUMN looks BIGINT NOT NULL DEFAULT 1;
