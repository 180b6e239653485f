"""What scripts/torture does to textmine."""
