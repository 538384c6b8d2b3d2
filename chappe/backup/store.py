"""The SQL of backups that both engines share. A backup is about the tables of all slices."""

HISTORY = "SELECT id, server_name FROM history"
MIGRATIONS = "SELECT name, checksum FROM migration"
MEDIA_FILES = "SELECT file_key, sha256 FROM media ORDER BY file_key"

NEW_HISTORY = "UPDATE history SET id = $1"
SPEND_ONE_TIME_KEYS = "UPDATE one_time_key SET claimed_at = $1 WHERE claimed_at IS NULL"
"""Which of them were given out after the backup is not known, and none may be given out twice. Their rows stay, so
that a device that uploads one again does not bring it back; it is asked for new ones, since none is left."""
NEW_EPOCH = "UPDATE shard SET epoch = $1"
"""Beyond every epoch of before: a process of then that is still alive cannot write into what was restored."""
EPOCH = "SELECT MAX(epoch) FROM shard"
