"""What the publish tests share: a built database and the site over it, made once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import small_archive

from publish.build import build
from publish.serve import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small archive and the database built from it."""
    data = small_archive.filled(tmp_path_factory.mktemp("published"))
    build(data, workers=0)
    return data


@pytest.fixture(scope="session")
def get(published: Path) -> Iterator[Callable[..., Any]]:
    """Asks the site in this process: `get(path)` answers with an httpx response."""
    application = site(published)
    with asyncio.Runner() as runner:

        def ask(path: str, **given: Any) -> Any:
            return runner.run(application.client.get(path, **given))

        yield ask


@pytest.fixture
def ask() -> Callable[..., Any]:
    """Asks the site over any data folder: `ask(data, path)` answers with an httpx response."""

    def answered(data: Path, path: str) -> Any:
        return asyncio.run(site(data).client.get(path))

    return answered
