"""Topics: what the clauses of a corpus speak of, found without codes, in both languages together.

A topic is what a model found; it is never a code. ``finding.find`` finds them, ``found.Topics``
says what they are and how far to trust them, ``comparison.compared`` measures other ways beside.
"""
