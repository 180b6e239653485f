"""``python -m textmine`` is the same as ``textmine``."""

from textmine.cli import main

if __name__ == "__main__":
    main()
