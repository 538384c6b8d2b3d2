-- Who may find whom: both in the register, kept up to date by the reader "rooms.directory".

CREATE TABLE person_word (
    word BYTEA NOT NULL,          -- of a name or display name, folded; bytes, so that both engines order alike
    user_id TEXT NOT NULL,
    PRIMARY KEY (word, user_id)
); -- clustered
CREATE INDEX person_word_user ON person_word (user_id);

CREATE TABLE open_room (
    room_id TEXT PRIMARY KEY      -- everybody may come in or look in: its members may be found by everybody
); -- clustered
