"""Answering somebody alone where they pressed a button: beside the message, over their App Home, or in the form."""

from .pressed import Pressed
from .problems import SlackRefused
from .slack import Poster
from .supervisor import Tell
from .views.blocks import Message
from .views.decided import note


def answering(poster: Poster, press: Pressed, title: str) -> Tell:
    """How the person is told. Over a Home it is a modal, in a form the form; a direct message where that is over."""

    async def over_the_view(message: Message) -> None:
        try:
            await (
                poster.update_view(press.view_id, note(title, message))
                if press.modal
                else poster.open_view(press.trigger, note(title, message))
            )
        except SlackRefused:
            # The form was closed, or the trigger, which lives for three seconds, is over or was used.
            await poster.post(press.user, message)

    return over_the_view if press.view_id and not press.channel else poster.whisper
