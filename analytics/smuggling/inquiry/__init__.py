"""The question an analyst asks, and the study that answers it."""
