-- Erasures that a hold has put off, to be done when it is released. In the shard of what is to be erased.

CREATE TABLE put_off (
    kind TEXT NOT NULL,           -- which eraser
    subject TEXT NOT NULL,        -- what it is to erase
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
); -- clustered
