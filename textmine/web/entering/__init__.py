"""Who may enter: accounts, sessions, the log of what was done."""
