"""Why a line stands where it stands, in words that an analyst can check."""
