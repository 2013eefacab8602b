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

SUBJECT = "homeward.subject"
"""The search for a machine, group or plan, in every form that has one: an option's value is `actions`' key of it."""
FORM = "homeward.form.open"
"""Opens the form of a start; its value is `carried.Wanted`, with "" for a subject that is still to be picked."""
FORM_VIEW = "homeward.form"
FORM_MACHINE = "homeward.form.machine"
FORM_PAGE = "homeward.form.page"
FORM_VALUE = "homeward.form.value"
"""The choice of a value: `.<option>` follows, as in `--<option>`."""
MACHINE_VIEW = "homeward.form.values"
"""The form of one machine's values, above that of the start."""

CHECK_FORM = "homeward.check.form"
"""Opens the form that asks which machine to check."""
CHECK_VIEW = "homeward.check.which"

HOME_ERRORS = "homeward.home.errors"
"""The search for an error in the App Home."""
QUIET = "homeward.notices.quiet"
"""Turns direct messages to whoever presses it off or on; its value is "off" or "on", what they shall be."""

EXPLAIN = "homeward.explain"
CHECK_MESSAGE = "homeward.check.message"
"""The message shortcuts."""
MESSAGE_VIEW = "homeward.check.message.which"
"""The form of the second one: which machine the message is about."""

EXPLAIN_STEP = "homeward_explain_error"
READINESS_STEP = "homeward_check_readiness"
"""The steps of workflows: Slack takes no dots in these."""
