"""Telegram: bring the chats to what the outbox says they should show; listen to the review chat."""
