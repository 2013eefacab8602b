"""The only folder that may change anything; empty until approvals and reprotect land."""
