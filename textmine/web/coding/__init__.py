"""Coding: one clause and its panel, the queue, undo."""
