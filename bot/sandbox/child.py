"""Runs `homeward` as a child that never outlives who started it: when its standard input ends, it is killed.

It stands outside `page`, whose import would cost each start of the bot a second, and the watch its head start.
"""

import os
import signal
import sys
import threading

from homeward.bot.cli import main


def _watch() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_watch, daemon=True).start()
    sys.exit(main())
