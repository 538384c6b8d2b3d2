-- Links with which a person chooses a password once. In the register, with the account.

CREATE TABLE password_link (
    hash BYTEA PRIMARY KEY,       -- SHA-256 of the code in the link
    user_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
); -- clustered
CREATE INDEX password_link_user ON password_link (user_id);
