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

APPROVE = "homeward.request.approve"
REJECT = "homeward.request.reject"
CANCEL = "homeward.request.cancel"
RETRY = "homeward.request.retry"
GO_ON = "homeward.request.go_on"
END_HERE = "homeward.request.end"

NEXT = "homeward.way.next"
"""On what is over: asks for the operation that leads on from there."""

REQUEST_ACTIONS = (APPROVE, REJECT, CANCEL, RETRY, GO_ON, END_HERE, NEXT)
"""The buttons of a request, whose values are `carried.Carried`; where one block has several, `.<number>` follows."""

ASK = "homeward.way.ask"
"""Asks for an operation without a request before it; its value is `carried.Wanted`, and `.<number>` may follow."""

APPROVE_VIEW = "homeward.request.approving"
REJECT_VIEW = "homeward.request.rejecting"
VIEWS = (APPROVE_VIEW, REJECT_VIEW)
"""Every callback_id of a form that a listener of ours takes."""

ATTEST = "homeward.request.attest"
"""Checkboxes of attestations: an option's value is the rule's id; where a form has several, `.<number>` follows."""
REASON = "homeward.request.reason"
"""The input of a reason."""
