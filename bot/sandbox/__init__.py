"""The embedded sandbox: Azure, vCenter and Slack on loopback, over their real protocols."""
