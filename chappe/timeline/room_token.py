"""The token of a place in a room's history, as `rooms` reads and writes it."""

from chappe.rooms.room_token import VERSION, decode_room_token, encode_room_token

__all__ = ["VERSION", "decode_room_token", "encode_room_token"]
