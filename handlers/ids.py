"""The ids that tie what people press to the listeners behind it; views and handlers import the same names."""

CHECK_AGAIN = "homeward.check.again"
CHECK_ONE = "homeward.check.one"
ALL_CHECKS = "homeward.check.all"
CHECKS_PAGE = "homeward.checks.page"
CHECKS_BACK = "homeward.checks.back"
CHECKS_VIEW = "homeward.checks"
SHOW_ENTRY = "homeward.errors.show"
SHARE_ENTRY = "homeward.errors.share"

ACTIONS = (CHECK_AGAIN, CHECK_ONE, ALL_CHECKS, CHECKS_PAGE, CHECKS_BACK, SHOW_ENTRY, SHARE_ENTRY)
"""Every action_id that a listener of ours answers."""
