"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("not_before_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chat", name=op.f("pk_chats")),
    )
    op.create_table(
        "feeds",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("body_hash", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("had_entries", sa.Boolean(), nullable=False),
        sa.Column("baseline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feeds")),
    )
    op.create_index("ix_feeds_active_next_poll_at", "feeds", ["active", "next_poll_at"], unique=False)

    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "sends",
        sa.Column("id", Id, nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sends")),
    )
    op.create_index("ix_sends_chat_at", "sends", ["chat", "at"], unique=False)

    op.create_table(
        "stories",
        sa.Column("id", Id, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    op.create_index("ix_stories_updated_at", "stories", ["updated_at"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", Id, nullable=False),
        sa.Column("story_id", Id, nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("wanted_revision", sa.Integer(), nullable=False),
        sa.Column("sent_revision", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'uncertain', 'rejected', 'cancelled')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_deliveries_story_id_stories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("story_id", "chat", name=op.f("uq_deliveries_story_id_chat")),
    )
    op.create_index("ix_deliveries_chat_state_id", "deliveries", ["chat", "state", "id"], unique=False)

    op.create_table(
        "entries",
        sa.Column("id", Id, nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('posted', 'joined', 'review', 'rejected', 'unmatched', 'vetoed', 'baseline', 'too_old', 'duplicate')",
            name=op.f("ck_entries_outcome"),
        ),
        sa.ForeignKeyConstraint(["feed"], ["feeds.name"], name=op.f("fk_entries_feed_feeds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
    )
    op.create_index("ix_entries_url", "entries", ["url"], unique=False)

    op.create_table(
        "articles",
        sa.Column("id", Id, nullable=False),
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("story_id", Id, nullable=True),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("canonical_url", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_articles_entry_id_entries")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_articles_story_id_stories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_entry_id", "articles", ["entry_id"], unique=False)
    op.create_index("ix_articles_story_id", "articles", ["story_id"], unique=False)

    op.create_table(
        "entry_keys",
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_entry_keys_entry_id_entries")),
        sa.PrimaryKeyConstraint("feed", "key", name=op.f("pk_entry_keys")),
    )


def downgrade() -> None:
    op.drop_table("entry_keys")
    op.drop_index("ix_articles_story_id", "articles")
    op.drop_index("ix_articles_entry_id", "articles")

    op.drop_table("articles")
    op.drop_index("ix_entries_url", "entries")

    op.drop_table("entries")
    op.drop_index("ix_deliveries_chat_state_id", "deliveries")

    op.drop_table("deliveries")
    op.drop_index("ix_stories_updated_at", "stories")

    op.drop_table("stories")
    op.drop_index("ix_sends_chat_at", "sends")

    op.drop_table("sends")
    op.drop_table("heartbeats")
    op.drop_index("ix_feeds_active_next_poll_at", "feeds")

    op.drop_table("feeds")
    op.drop_table("chats")
