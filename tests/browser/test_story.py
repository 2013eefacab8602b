"""The whole story of a night, played in a real browser on the page that a newcomer opens."""

import re
from typing import Any

from homeward.bot.sandbox.slack import APPROVALS, LENA, MAYA, WAR_ROOM
from homeward.handlers import ids

PLAN, FAILING = "shop", "shop-web02"


class Person:
    """Somebody before the page."""

    def __init__(self, screen: Any) -> None:
        self.screen = screen
        self.page = screen.page

    # --- what they do ---

    async def becomes(self, user: Any) -> None:
        await self.page.locator('[data-do="person"]').select_option(user.id)

    async def goes(self, channel: Any) -> None:
        await self.page.locator(f'[data-channel="{channel.id}"]').click()

    async def types(self, text: str) -> None:
        line = self.page.locator('main [data-do="compose"]')
        await line.fill(text)
        await line.press("Escape")  # the list of what could stand there instead
        await line.press("Enter")

    async def opens_panel(self) -> None:
        await self.page.locator('[data-do="panel"]').click()

    async def sets_speed(self, times: int) -> None:
        await self.page.locator('[data-do="speed"]').select_option(str(times))

    async def opens_thread(self, message: Any) -> None:
        await message.locator('[data-do="thread"]').click()

    async def presses(self, where: Any, action: str) -> None:
        await where.locator(f'button[data-action^="{action}"]').last.click()

    async def agrees(self) -> None:
        """To what Slack asks before a press counts."""
        await self.page.locator('dialog[open] [data-do="confirm"]').click()

    async def submits(self) -> None:
        await self.form.locator('[data-do="submit"]').click()

    async def approves(self) -> None:
        """As Lena: the newest request, with all that is to be confirmed."""
        await self.becomes(LENA)
        await self.goes(APPROVALS)
        asked = self.messages.filter(has=self.page.locator(f'button[data-action="{ids.APPROVE}"]')).last
        await self.presses(asked, ids.APPROVE)
        await self.form.locator('[data-do="submit"]').wait_for()
        for box in await self.form.locator('input[type="checkbox"]').all():
            await box.check()
        await self.submits()
        await self.sees(self.form, "approve")
        await self.form.locator('[data-do="close"]').click()

    # --- what they see ---

    @property
    def messages(self) -> Any:
        """Those of the open channel."""
        return self.page.locator("main [data-ts]")

    @property
    def replies(self) -> Any:
        return self.page.locator('[data-pane="thread"] [data-ts]')

    @property
    def form(self) -> Any:
        return self.page.locator("dialog[open]")

    async def sees(self, where: Any, words: str) -> Any:
        """Waits for a message (or whatever `where` is) that says so."""
        found = where.filter(has_text=re.compile(words, re.IGNORECASE)).last
        await found.wait_for()
        return found


async def test_a_night_is_played_on_the_page(address: str, screens: Any) -> None:
    async with screens(address) as screen:
        person = Person(screen)
        await person.becomes(MAYA)
        await person.goes(WAR_ROOM)

        # A check is blocked, what blocks it is mended, and the same message says so.
        await person.types("/reprotect-check web02")
        blocked = await person.sees(person.messages, "web02 cannot come home yet")
        await screen.shot("blocked")
        assert await screen.faults() == []
        await person.opens_panel()
        await screen.shot("panel")
        assert await screen.faults() == []
        await screen.page.locator('[data-do="azure_vm"][data-value="web02"]').click()
        await person.sets_speed(10)  # what fails later is to be seen while the others still replicate
        await person.opens_panel()
        await person.presses(blocked, ids.CHECK_AGAIN)
        await person.sees(person.messages, "web02 is ready to come home|web02 can come home")

        # A form: the plan is found by typing, and asked for.
        await person.types("/reprotect start")
        search = person.form.locator(f'[role="combobox"][data-action="{ids.SUBJECT}"]')
        await search.fill("sho")
        await screen.shot("form-search")
        await person.form.locator(f'[role="option"][data-value="n:{PLAN}"]').click()
        await person.sees(person.form, "shop-db01")
        await person.form.locator(f'[data-action="{ids.REASON}"]').fill("Rotterdam has power again")
        await screen.shot("form")
        assert await screen.faults() == []
        await person.submits()
        await person.sees(person.form, "R-[0-9A-Z]{6}|asked")
        await screen.shot("form-sent")
        await person.form.locator('[data-do="close"]').click()

        # Nobody approves what they asked for themselves.
        await person.goes(APPROVALS)
        asked = await person.sees(person.messages, "Approval needed")
        await screen.shot("approval")
        assert await screen.faults() == []
        await person.presses(asked, ids.APPROVE)
        await person.sees(person.messages, "somebody else|another|own request|yourself")
        await screen.shot("refused")
        await person.approves()

        # It runs; one machine fails, the thread explains why, and an approver lets it be tried again.
        await person.becomes(MAYA)
        await person.goes(WAR_ROOM)
        card = await person.sees(person.messages, f"recovery plan {PLAN}")
        await person.opens_thread(card)
        await person.sees(person.replies, f"{FAILING} failed")
        await person.opens_panel()
        await person.sets_speed(1)  # the others replicate on while somebody reads
        await person.opens_panel()
        await screen.shot("thread")
        assert await screen.faults() == []
        await person.becomes(LENA)
        await person.goes(WAR_ROOM)
        await person.presses(card, ids.RETRY)
        await person.agrees()
        await person.sees(person.messages, f"{FAILING}.*(try|tried|again)")
        await person.opens_panel()
        await person.sets_speed(600)
        await person.opens_panel()
        await person.sees(person.messages, f"Done: all 3 machines of recovery plan {PLAN} are protected")

        # The bot is killed and comes back; the next step of the way goes on in the same thread.
        await person.opens_panel()
        await screen.page.locator('[data-do="kill"]').click()
        await screen.page.locator('[data-do="revive"]').click()
        await screen.page.locator('[data-bot="up"]').wait_for()
        await person.opens_panel()
        await person.becomes(MAYA)
        await person.presses(card, ids.NEXT)
        await person.agrees()
        await person.sees(person.replies, "failback")
        await person.approves()
        await person.becomes(MAYA)
        await person.goes(WAR_ROOM)
        await person.opens_thread(card)
        await person.sees(person.replies, f"Done: all 3 machines of recovery plan {PLAN} are home")
        await screen.shot("home-again")
        assert await screen.faults() == []

        await screen.page.locator('[data-channel="home"]').click()
        await person.sees(screen.page.locator("main"), "ended lately")
        await screen.shot("app-home")
        assert await screen.faults() == []
        assert screen.complaints == []

    for name, how in LOOKS.items():
        for place, words in (
            (WAR_ROOM.id, f"recovery plan {PLAN}"),
            ("home", "Ended lately"),
            (APPROVALS.id, "Approved"),
        ):
            async with screens(f"{address}#as={LENA.id}&in={place}", **how) as screen:
                await Person(screen).sees(screen.page.locator("main"), words)
                await screen.shot(f"{name}-{place}")
                assert await screen.faults() == []
                wide = await screen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{name} scrolls sideways by {wide} px in {place}"
                assert screen.complaints == []


LOOKS: dict[str, dict[str, Any]] = {
    "phone": {"width": 390, "height": 844},
    "phone-dark": {"width": 390, "height": 844, "dark": True},
    "dark": {"dark": True},
}
