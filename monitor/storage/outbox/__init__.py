"""The outbox: what the chats should show and what they are known to show. Its tables and its law: tables.py."""
