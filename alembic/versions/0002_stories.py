"""A story is posted in parts, and may follow another.

Every column has a default, so that a worker of the version before can go on writing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("articles", sa.Column("part", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("articles", sa.Column("evidence", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_articles_canonical_url", "articles", ["canonical_url"])
    op.add_column("stories", sa.Column("follows", Id, nullable=True))
    with op.batch_alter_table("deliveries") as batch:
        batch.add_column(sa.Column("part", sa.Integer(), nullable=False, server_default="1"))
        batch.drop_constraint("uq_deliveries_story_id_chat", type_="unique")
        batch.create_unique_constraint("uq_deliveries_story_id_chat_part", ["story_id", "chat", "part"])


def downgrade() -> None:
    with op.batch_alter_table("deliveries") as batch:
        batch.drop_constraint("uq_deliveries_story_id_chat_part", type_="unique")
        batch.create_unique_constraint("uq_deliveries_story_id_chat", ["story_id", "chat"])
        batch.drop_column("part")
    op.drop_column("stories", "follows")
    op.drop_index("ix_articles_canonical_url", "articles")
    op.drop_column("articles", "evidence")
    op.drop_column("articles", "part")
