"""The passes of the reconciler: one module for each state of a request, and what they share."""
