"""Long work in processes of its own, and taking documents in."""
