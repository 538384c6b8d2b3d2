"""What is said in a room: sending, redacting, history, receipts, typing, and who may see it."""
