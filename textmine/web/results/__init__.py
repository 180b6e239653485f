"""The numbers: overview, tables, trends, ties, topics, each with its clauses, as files too."""
