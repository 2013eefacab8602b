"""What keeps somebody's wish from being done, in one sentence."""


class Problem(Exception):
    """Its text is the sentence. `errors`, by block_id, belong beside a form's inputs."""

    def __init__(self, sentence: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.errors = errors or {}
