"""The only folder that changes anything: requests, approvals, the ledger, the reconciler, the Azure write calls."""
