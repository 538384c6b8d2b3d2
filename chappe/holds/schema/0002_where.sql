-- Where what waits to be erased lies, so that the owner of that shard does it. What was put off before this column
-- existed names no shard of its own and is done in the register, which one process owns with all the others.

ALTER TABLE put_off ADD COLUMN shard BIGINT NOT NULL DEFAULT 256;
