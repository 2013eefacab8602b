"""Who runs the passes: a timer in one process, or a queue that several replicas share."""
