"""Whom to audit after clearance: tax at stake by enterprise, what audits bring and cost, and legal classes."""
