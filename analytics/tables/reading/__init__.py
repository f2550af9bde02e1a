"""From a source to a table that keeps the contract: checked, masked, every row used or set aside."""
