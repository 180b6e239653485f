"""The corpus on disk: its folder, its catalogue and the originals."""
