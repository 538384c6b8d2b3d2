-- What operators set on an account besides ending it, both to be lifted again, and how it came to be.

ALTER TABLE account ADD COLUMN locked_at BIGINT;      -- since when it cannot be used at all
ALTER TABLE account ADD COLUMN suspended_at BIGINT;   -- since when its owner reads, but takes no part
ALTER TABLE account ADD COLUMN registered_with TEXT;  -- the registration token; NULL without one
CREATE INDEX account_made ON account (created_at);
