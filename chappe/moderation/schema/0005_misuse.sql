-- Misuse (Art. 23 DSA): who was warned, and whose reports or complaints are not processed for a while. In the register.

CREATE TABLE misuse_step (
    id TEXT PRIMARY KEY,
    whom TEXT NOT NULL,             -- an account, or the mail address of who has none, in small letters
    kind TEXT NOT NULL,             -- content, filings, complaints
    step TEXT NOT NULL,             -- warned, suspended
    at BIGINT NOT NULL,
    until BIGINT,                   -- of a suspension
    number BIGINT NOT NULL,         -- the four factors of Art. 23(3): how many were manifestly wrong,
    of_all BIGINT NOT NULL,         -- of how many in all,
    gravity TEXT NOT NULL,          -- how grave,
    intent TEXT NOT NULL,           -- and with what intent
    by_user TEXT NOT NULL,
    lifted_at BIGINT,
    lifted_by TEXT NOT NULL
); -- clustered
CREATE INDEX misuse_step_whom ON misuse_step (whom, kind, at);
CREATE INDEX misuse_step_time ON misuse_step (at);
