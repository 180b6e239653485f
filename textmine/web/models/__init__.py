"""The models of the corpus: cards, curves, training, which one counts."""
