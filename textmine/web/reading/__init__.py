"""The documents: their list, and one of them beside the pictures of its pages."""
