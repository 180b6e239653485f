"""Studies: analyses declared in a file, run on a corpus, every cell with its source.

A study names documents, schemes, tables and claims. Running it counts ties, groups them, holds the
counts against the tables that the documents print and the figures that their sentences state, and
reports what does not agree.
"""
