"""Backups of a running server, and putting one back.

A *backup* is a folder: one moment of the database, the files that people uploaded, a *manifest* that says what is in
it, and `SHA256SUMS`, written last. What has no `SHA256SUMS` is no backup. *Sealed material*, what only this server may
know (its signing key), is never in that folder but in a file of its own, which is kept elsewhere.

Whoever restores begins a new line of history: sync tokens of before are answered from the beginning, and one-time
keys that were waiting in the backup are not given out, since they may have been given out after it was made.

`take.py` `restore.py` the two acts · `manifest.py` what is in the folder · `sums.py`
checksums · `sqlite.py` `postgres.py` the engines, `saved.py` what they tell · `media.py` uploaded files · `sealed.py`
the sealed file · `place.py` putting everything into place · `store.py` all SQL that both engines share. Owns no tables:
a backup is about those of all slices.
"""

from chappe.backup.restore import Restored, restore_backup
from chappe.backup.take import Taken, take_backup

__all__ = ["Restored", "Taken", "restore_backup", "take_backup"]
