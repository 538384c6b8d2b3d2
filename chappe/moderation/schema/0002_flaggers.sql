-- Trusted flaggers (Art. 22 DSA): whose notices in their area go first. In the register.

CREATE TABLE flagger (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    user_id TEXT NOT NULL,          -- the account from which they file
    areas TEXT NOT NULL,            -- JSON: categories
    coordinator TEXT NOT NULL,      -- the country whose Digital Services Coordinator awarded the status
    awarded_on TEXT NOT NULL,       -- a day
    suspended_at BIGINT,            -- by the coordinator, while it investigates
    ended_at BIGINT
); -- clustered
CREATE UNIQUE INDEX flagger_user ON flagger (user_id) WHERE ended_at IS NULL;
