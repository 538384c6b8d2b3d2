CREATE TABLE thing (
    place BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    body BYTEA
);

CREATE TABLE ticket (
    name TEXT NOT NULL PRIMARY KEY,
    left_over BIGINT NOT NULL
); -- clustered
