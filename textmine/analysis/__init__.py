"""What is in a corpus: overview and cross tables."""
