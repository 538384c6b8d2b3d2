"""GET /sync: what changed for a device, and waiting for it. Owns no tables."""
