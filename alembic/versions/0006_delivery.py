"""Digests, notices and buttons; a post in doubt is looked for; a chat has a number, whatever it is called.

Every new column has a default or may be empty, so that a worker of the version before can go on writing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "state IN ('pending', 'sending', 'sent', 'uncertain', 'rejected', 'cancelled'{})"
KINDS = "kind IN ('story', 'review', 'digest', 'notice')"
NEW = ("kind", "key", "buttons", "silent", "digest_id", "sent_at", "after_message_id", "doubted_at", "look_at")


def upgrade() -> None:
    op.add_column("articles", sa.Column("former_title", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("deliveries") as batch:
        batch.alter_column("story_id", existing_type=Id, nullable=True)
        batch.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="story"))
        batch.add_column(sa.Column("key", sa.String(), nullable=True))
        batch.add_column(sa.Column("buttons", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("digest_id", Id, nullable=True))
        batch.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("after_message_id", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_unique_constraint("uq_deliveries_chat_key", ["chat", "key"])
        batch.drop_constraint(op.f("ck_deliveries_state"), type_="check")
        batch.create_check_constraint(op.f("ck_deliveries_state"), STATES.format(", 'digested'"))
        batch.create_check_constraint(op.f("ck_deliveries_kind"), KINDS)
    op.add_column("chats", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("chats", sa.Column("number", sa.String(), nullable=True))
    op.add_column("chats", sa.Column("name", sa.String(), nullable=False, server_default=""))
    op.add_column("chats", sa.Column("moved_to", sa.String(), nullable=False, server_default=""))
    op.add_column("chats", sa.Column("last_message_id", sa.BigInteger(), nullable=True))
    _keep_what_was_known()


def _keep_what_was_known() -> None:
    """Posts of before are sent, and those in doubt may be looked for."""
    op.execute("UPDATE deliveries SET sent_at = updated_at WHERE message_id IS NOT NULL")
    op.execute("UPDATE deliveries SET doubted_at = updated_at, look_at = updated_at WHERE state = 'uncertain'")
    op.execute(
        "UPDATE chats SET last_message_id = (SELECT max(message_id) FROM deliveries WHERE deliveries.chat = chats.chat)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE story_id IS NULL")
    op.execute("UPDATE deliveries SET state = 'cancelled' WHERE state = 'digested'")
    for column in ("last_message_id", "moved_to", "name", "number", "closed_at"):
        op.drop_column("chats", column)
    with op.batch_alter_table("deliveries") as batch:
        batch.drop_constraint(op.f("ck_deliveries_kind"), type_="check")
        batch.drop_constraint(op.f("ck_deliveries_state"), type_="check")
        batch.create_check_constraint(op.f("ck_deliveries_state"), STATES.format(""))
        batch.drop_constraint("uq_deliveries_chat_key", type_="unique")
        for column in NEW:
            batch.drop_column(column)
        batch.alter_column("story_id", existing_type=Id, nullable=False)
    op.drop_column("articles", "former_title")
