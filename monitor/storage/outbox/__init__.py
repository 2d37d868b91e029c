"""The outbox: what the chats should show and what they are known to show. tables.py has its tables and rules."""
