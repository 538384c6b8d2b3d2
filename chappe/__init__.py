"""Chappe: a messaging server for communities, speaking the Matrix Client-Server API."""
