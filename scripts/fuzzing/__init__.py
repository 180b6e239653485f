"""The parts of scripts/fuzz: what is fed, what it is fed to, and what must then hold."""
