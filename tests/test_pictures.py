"""The pictures of the documents show what the bot says today."""

import asyncio
import importlib.util
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def test_the_pictures_are_what_make_docs_would_draw(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("draw", DOCS / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    asyncio.run(draw.main(tmp_path))
    drawn = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "pictures").iterdir()}
    assert drawn == kept, "the pictures are stale: run make docs"
