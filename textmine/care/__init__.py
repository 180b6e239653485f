"""Care of a corpus: proving that it is sound, taking back, keeping and putting back copies."""
