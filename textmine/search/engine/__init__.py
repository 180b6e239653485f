"""The index itself: what it keeps, how it follows the catalogue, how a query is put to it."""
