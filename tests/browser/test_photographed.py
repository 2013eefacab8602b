"""The pictures that were taken on the page show what it says today."""

import importlib.util
import json
from pathlib import Path

DOCS = Path(__file__).parent.parent.parent / "docs"


async def test_the_pictures_say_what_the_page_says(chromium: str, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("photograph", DOCS / "photograph.py")
    assert spec is not None
    assert spec.loader is not None
    photograph = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(photograph)
    await photograph.main(tmp_path, chromium)
    taken, kept = (
        json.loads((folder / photograph.WORDS).read_text(encoding="utf-8")) for folder in (tmp_path, DOCS / "pictures")
    )
    assert taken == kept, "the pictures are stale: run make pictures"
    for name in set(kept) - {"page"}:
        assert (DOCS / "pictures" / f"{name}.png").is_file()
