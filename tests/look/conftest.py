"""The gallery's addresses and templates, its stylesheet, and a browser on it."""

import copy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as project
from playwright.sync_api import Page

HERE = Path(__file__).parent


@pytest.fixture
def gallery(settings) -> None:
    """Serve tests/look/gallery.py instead of the project's own pages."""
    settings.ROOT_URLCONF = "tests.look.gallery"
    templates = copy.deepcopy(project.TEMPLATES)
    templates[0]["DIRS"].append(HERE / "templates")
    settings.TEMPLATES = templates


@pytest.fixture(scope="session")
def stylesheet(tmp_path_factory) -> Path:
    """A directory with the project's stylesheet, built with the gallery as a further source."""
    place = tmp_path_factory.mktemp("static")
    made = place / "css/steelyard.css"
    tailwind = Path(sys.executable).parent / "tailwindcss"
    command = [tailwind, "-i", HERE / "gallery.css", "-o", made]
    subprocess.run(command, check=True, capture_output=True)
    return place


@pytest.fixture
def open_page(gallery, stylesheet, settings, context_of) -> Iterator[Callable[..., Page]]:
    """open_page("ranking", width=390, language="en") → the page, loaded and without faults."""
    settings.STATICFILES_DIRS = [stylesheet, *project.STATICFILES_DIRS]
    faults: list[str] = []

    def go(name: str, *, width: int = 1440, language: str = "zh-hans", **options) -> Page:
        view = {"width": width, "height": 900}
        page = context_of(language=language, viewport=view, **options).new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Security" in said.text else 0)
        page.goto(f"/look/{name}/")
        return page

    yield go
    assert faults == []
