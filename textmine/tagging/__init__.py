"""Coding by machine: the dictionary of a codebook, a model learned from coded clauses, its card.

Nothing is imported here: the dictionary (``textmine.tagging.keywords``) needs no scikit-learn.
"""
