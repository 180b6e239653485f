"""The test PDFs: what they say, and the programs that make them."""
