"""Chromium of the system, driven by Playwright. Missing: tests are skipped and counted at the end,
unless REQUIRE_BROWSER=1, which makes them fail.
"""

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

# The first is the same browser without windows; it needs a third less of the processor.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",
)
Contexts = defaultdict[str, list[BrowserContext]]
FIXTURES = {"browser", "context_of", "page"}
REASON = "no Chromium on this machine"


def program() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what uses the browser, so that `-m browser` and `-m "not browser"` choose."""
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = sum(REASON in str(r.longrepr) for r in terminalreporter.stats.get("skipped", ()))
    if skipped:
        terminalreporter.write_line(
            f"{skipped} browser tests were skipped: {REASON}. Install it (Debian: chromium), "
            "or set REQUIRE_BROWSER=1 to make that a failure.",
            yellow=True,
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the session's process."""
    found = program()
    if found is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(REASON)
        pytest.skip(REASON)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """pytest-django's, which serves static files only where the app has its plain name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.testcases._StaticFilesHandler", StaticFilesHandler)
        server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def emptied() -> Iterator[Contexts]:
    """Contexts of earlier tests, emptied, by how they were made."""
    kept: Contexts = defaultdict(list)
    yield kept
    for contexts in kept.values():
        for context in contexts:
            context.close()


@pytest.fixture
def context_of(browser, live_server, emptied) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts on the live server: each has cookies, and so a sign-in, of its own.

    `person`: who is signed in already; `language`: the visitor's choice; the rest is Playwright's.
    """
    made: list[tuple[str, BrowserContext]] = []

    def make(person=None, language: str = "", **options) -> BrowserContext:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        kind = json.dumps(options, sort_keys=True)
        context = emptied[kind].pop() if emptied[kind] else started(browser, live_server, options)
        made.append((kind, context))
        cookies = {"django_language": language} if language else {}
        if person is not None:
            from tests import signing  # this module is loaded before Django is set up

            cookies["sessionid"] = signing.session_of(person)
        context.add_cookies(
            [{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()]
        )
        return context

    yield make
    for kind, context in made:
        empty(context)
        emptied[kind].append(context)


def started(browser: Browser, live_server: LiveServer, options) -> BrowserContext:
    """A context with a page that stays: it keeps the process in which the others are drawn."""
    context = browser.new_context(base_url=live_server.url, **options)
    context.set_default_timeout(10_000)
    context.new_page().goto("/robots.txt")
    return context


def empty(context: BrowserContext) -> None:
    """As if it were new. No page of ours stores anything but cookies."""
    for page in context.pages[1:]:
        page.close()
    context.set_offline(False)
    context.unroute_all()
    context.clear_cookies()


@pytest.fixture
def page(context_of) -> Page:
    """A visitor's page."""
    return context_of().new_page()
