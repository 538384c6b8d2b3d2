"""Signed notes and checkpoints: the published example, and everything that must not be believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from chappe.audit.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from chappe.audit.note import MAX_NOTE_BYTES, NoteKey, is_by, opened, parse_vkey, sign, text_of
from chappe.audit.tree import EMPTY_ROOT
from chappe.errors import Refused

PUBLISHED_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
PUBLISHED_NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZ"
    "XsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
"""The example of C2SP signed-note v1."""

KEY = SigningKey(b"k" * 32)
VKEY = NoteKey("example.org/audit", bytes(KEY.verify_key))
CHECKPOINT = Checkpoint("example.org/audit/abc", 0, EMPTY_ROOT)
NOTE = sign(CHECKPOINT.text(), VKEY.name, KEY)


def test_the_published_note() -> None:
    key = parse_vkey(PUBLISHED_KEY)
    assert str(key) == PUBLISHED_KEY
    assert opened(PUBLISHED_NOTE, [key]) == "This is an example message.\n"


def test_a_checkpoint_is_as_it_was_signed() -> None:
    assert parse_vkey(str(VKEY)) == VKEY
    assert open_checkpoint(NOTE, [VKEY]) == CHECKPOINT
    assert CHECKPOINT.history == "abc"
    assert is_by(NOTE, [VKEY])
    assert text_of(NOTE) == CHECKPOINT.text()


def test_signatures_of_others_are_passed_over() -> None:
    other = SigningKey(b"o" * 32)
    line = sign(CHECKPOINT.text(), "witness.example", other).decode().splitlines()[-1]
    both = NOTE + f"{line}\n".encode()
    assert open_checkpoint(both, [VKEY]) == CHECKPOINT
    assert open_checkpoint(both, [NoteKey("witness.example", bytes(other.verify_key))]) is None  # not its log
    assert opened(NOTE, [NoteKey(VKEY.name, bytes(other.verify_key))]) is None
    assert not is_by(NOTE, [NoteKey(VKEY.name, bytes(other.verify_key))])


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    line = sign("another\n", VKEY.name, KEY).decode().splitlines()[-1]
    assert opened(NOTE + f"{line}\n".encode(), [VKEY]) is None


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 255))
def test_no_byte_can_be_changed(at: int, value: int) -> None:
    spoilt = NOTE[:at] + bytes([value]) + NOTE[at + 1 :]
    assert spoilt == NOTE or opened(spoilt, [VKEY]) is None


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_rubbish_is_no_note_and_no_checkpoint(rubbish: bytes) -> None:
    for note in (rubbish, rubbish + NOTE[:-10], NOTE + rubbish[:5] + b"x"):
        assert opened(note, [VKEY]) is None
    parse_checkpoint(rubbish.decode("utf-8", "replace"))
    signed = sign(rubbish.decode("utf-8", "replace") + "\n", VKEY.name, KEY)
    assert open_checkpoint(signed, [VKEY]) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "a\n1\n", "a\n01\nAAAA\n", "a\n-1\n" + "A" * 43 + "=\n", "a\n1\nAAAA\n", "a\n1\n***\n",
        "a\n99999999999999999\n" + "A" * 43 + "=\n", "a\n1\n" + "A" * 43 + "=\n\nx\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint(text: str) -> None:
    assert parse_checkpoint(text) is None


def test_extensions_of_checkpoints_are_passed_over() -> None:
    assert parse_checkpoint(CHECKPOINT.text() + "an extension\n") == CHECKPOINT


def test_a_note_is_not_endless() -> None:
    assert opened(b"x" * MAX_NOTE_BYTES + NOTE, [VKEY]) is None


@pytest.mark.parametrize(
    "text",
    ["", "a+b+c", PUBLISHED_KEY[:-4], PUBLISHED_KEY.replace("530d", "530e"), PUBLISHED_KEY.replace("AekyeR", "Aekyer"),
     "example.com/foo+530d903a+" + "A" * 300],
)  # fmt: skip
def test_what_is_no_verifier_key(text: str) -> None:
    with pytest.raises(Refused):
        parse_vkey(text)
