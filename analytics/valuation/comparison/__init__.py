"""Which lines compare with which: usable lines, unit values, references, national levels."""
