"""Three real bots on one PostgreSQL, killed and stopped at random between a troubled Azure and a troubled Slack."""
