"""Typesets the manuscripts of the sample corpus. For maintainers; the package never imports it."""
