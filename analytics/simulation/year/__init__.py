"""The tables of a customs year beside declarations: samples, audits, handbooks, exemptions, transit, and more."""
