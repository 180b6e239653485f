"""Saved searches, and a mark by which each change is known again."""

import sqlalchemy as sa
from alembic import op

from textmine.store.tables import random_mark
from textmine.store.types import String, Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of saved searches; mark the changes."""
    op.create_table(
        "search",
        sa.Column("key", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("query", Text(), nullable=False),
        sa.Column("sort", String(length=16), nullable=False),
        sa.Column("any_word", sa.Boolean(), nullable=False),
        sa.Column("semantic", sa.Boolean(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("saved_at", String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_search"),
    )
    op.add_column("change", sa.Column("mark", String(16), nullable=False, server_default=""))
    connection = op.get_bind()
    change = sa.table("change", sa.column("id", sa.Integer), sa.column("mark", sa.String))
    known = [{"number": n} for n in connection.scalars(sa.select(change.c.id))]
    if known:
        marking = change.update().where(change.c.id == sa.bindparam("number"))
        connection.execute(
            marking.values(mark=sa.bindparam("made")),
            [{**each, "made": random_mark()} for each in known],
        )


def downgrade() -> None:
    """Drop the marks and the table of saved searches."""
    op.drop_column("change", "mark")
    op.drop_table("search")
