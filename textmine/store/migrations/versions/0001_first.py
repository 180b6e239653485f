"""The first catalogue: documents, pages, clauses, codings, the change log."""

import sqlalchemy as sa
from alembic import op

from textmine.store.types import Size, String, Text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
    )
    op.create_table(
        "codebook",
        sa.Column("reference", String(length=80), nullable=False),
        sa.Column("digest", String(length=64), nullable=False),
        sa.Column("source", Text(), nullable=False),
        sa.Column("added_at", String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_codebook"),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", String(length=64), nullable=False),
        sa.Column("path", Text(), nullable=False),
        sa.Column("suffix", String(length=16), nullable=False),
        sa.Column("size", Size(), nullable=False),
        sa.Column("state", String(length=16), nullable=False),
        sa.Column("reason", String(length=32), nullable=False),
        sa.Column("detail", Text(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("extractor", String(length=80), nullable=False),
        sa.Column("segmenter", String(length=80), nullable=False),
        sa.Column("normaliser", String(length=80), nullable=False),
        sa.Column("added_at", String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.UniqueConstraint("sha256", name="uq_document_sha256"),
    )
    op.create_table(
        "source",
        sa.Column("path", Text(), nullable=False),
        sa.Column("sha256", String(length=64), nullable=False),
        sa.Column("state", String(length=16), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("seen_at", String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("path", "sha256", name="pk_source"),
    )
    op.create_index("ix_source_sha256", "source", ["sha256"], unique=False)
    op.create_table(
        "attribute",
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("name", String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("ground", Text(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_attribute_document"),
        sa.PrimaryKeyConstraint("document", "name", "position", name="pk_attribute"),
    )
    op.create_table(
        "clause",
        sa.Column("id", String(length=40), nullable=False),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", String(length=16), nullable=False),
        sa.Column("number", Text(), nullable=True),
        sa.Column("heading", Text(), nullable=True),
        sa.Column("text", Text(), nullable=False),
        sa.Column("language", String(length=3), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.Column("normalised", Text(), nullable=False),
        sa.Column("offsets", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_clause_document"),
        sa.PrimaryKeyConstraint("id", name="pk_clause"),
        sa.UniqueConstraint("document", "ordinal", name="uq_clause_document_ordinal"),
    )
    op.create_table(
        "coding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("clause", String(length=40), nullable=False),
        sa.Column("code", String(length=80), nullable=False),
        sa.Column("coder", String(length=120), nullable=False),
        sa.Column("codebook", String(length=80), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("memo", Text(), nullable=False),
        sa.Column("made_at", String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["codebook"], ["codebook.reference"], name="fk_coding_codebook"),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_coding_document"),
        sa.PrimaryKeyConstraint("id", name="pk_coding"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_coding_clause", "coding", ["clause"], unique=False)
    op.create_index(
        "ix_coding_coder_codebook_code", "coding", ["coder", "codebook", "code"], unique=False
    )
    op.create_index("ix_coding_document", "coding", ["document"], unique=False)
    op.create_table(
        "coverage",
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("coder", String(length=120), nullable=False),
        sa.Column("codebook", String(length=80), nullable=False),
        sa.Column("version", String(length=80), nullable=False),
        sa.Column("clauses", sa.Integer(), nullable=False),
        sa.Column("made_at", String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["codebook"], ["codebook.reference"], name="fk_coverage_codebook"),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_coverage_document"),
        sa.PrimaryKeyConstraint("document", "coder", "codebook", name="pk_coverage"),
    )
    op.create_table(
        "page",
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("sha256", String(length=64), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Float(), nullable=True),
        sa.Column("height", sa.Float(), nullable=True),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_page_document"),
        sa.PrimaryKeyConstraint("document", "number", name="pk_page"),
    )
    op.create_table(
        "part",
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("kind", String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name="fk_part_document"),
        sa.PrimaryKeyConstraint("document", "start", name="pk_part"),
    )


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("part")
    op.drop_table("page")
    op.drop_table("coverage")
    op.drop_index("ix_coding_document", table_name="coding")
    op.drop_index("ix_coding_coder_codebook_code", table_name="coding")
    op.drop_index("ix_coding_clause", table_name="coding")
    op.drop_table("coding")
    op.drop_table("clause")
    op.drop_table("attribute")
    op.drop_index("ix_source_sha256", table_name="source")
    op.drop_table("source")
    op.drop_table("document")
    op.drop_table("codebook")
    op.drop_table("change")
