"""Homeward's log: lines for the host's own logging, under the name `homeward`; nothing global is configured."""

import logging
from typing import cast

import structlog
from structlog.typing import Processor

NAME = "homeward"

_PROCESSORS: tuple[Processor, ...] = (
    structlog.stdlib.filter_by_level,
    structlog.processors.KeyValueRenderer(key_order=["event"]),
)


def logger() -> structlog.stdlib.BoundLogger:
    """Writes one line for each event to the standard library's logger, whatever the host made of structlog."""
    wrapped = structlog.wrap_logger(
        logging.getLogger(NAME),
        processors=_PROCESSORS,
        wrapper_class=structlog.stdlib.BoundLogger,
        context_class=dict,
        cache_logger_on_first_use=True,
    )
    return cast("structlog.stdlib.BoundLogger", wrapped)


def to_stderr() -> None:
    """For the standalone bot, which is its own host: what Homeward does, and what others warn of."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger(NAME).setLevel(logging.INFO)
