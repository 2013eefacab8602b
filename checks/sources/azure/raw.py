"""Azure's lists as they came over the wire."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

from azure.core.async_paging import AsyncItemPaged
from azure.core.pipeline import PipelineResponse


async def raw_list(
    operation: Callable[..., AsyncItemPaged[Any]], *where: str, **options: object
) -> AsyncGenerator[object]:
    """The list's elements as plain JSON, by the SDK's own list operation; raises what that raises.

    The SDK would build its models of them first, which nobody here reads (see `Wire`): most of the time that a large
    vault takes, and all of it in the event loop, where everybody else has to wait.
    """
    page: list[object] = []

    def take(response: PipelineResponse[Any, Any]) -> None:
        answer = response.http_response
        if answer.status_code != 200:
            return
        # The SDK reads this same object afterwards. Should it parse the answer anew one day, it is slower, not wrong.
        body: dict[str, Any] | list[Any] = answer.json()
        if isinstance(body, dict) and isinstance(body.get("value"), list):
            page[:] = body["value"]
            body["value"] = []

    async for _ in operation(*where, raw_response_hook=take, **options).by_page():
        for raw in page:
            yield raw
        page.clear()
