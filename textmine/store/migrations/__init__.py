"""Steps that bring a catalogue from one version to the next."""
