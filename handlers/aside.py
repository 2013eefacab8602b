"""Answering somebody alone where they pressed a button: beside the message, or, where there is none, over their App
Home."""

from .pressed import Pressed
from .problems import SlackRefused
from .slack import Poster
from .supervisor import Tell
from .views.blocks import Message
from .views.decided import note


def answering(poster: Poster, press: Pressed, title: str) -> Tell:
    """How the person is told. Over a view it is a modal, or a direct message where its time is over."""

    async def over_the_view(message: Message) -> None:
        try:
            await poster.open_view(press.trigger, note(title, message))
        except SlackRefused:
            # The trigger lives for three seconds, and may have been used.
            await poster.post(press.user, message)

    return over_the_view if press.view_id and not press.channel else poster.whisper
