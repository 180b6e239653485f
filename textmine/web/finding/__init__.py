"""Searching: the query with its help and facets, the concordance, saved searches, files."""
