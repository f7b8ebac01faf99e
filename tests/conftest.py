"""What every test can use. Each module says what it brings; `ground` must come first."""

pytest_plugins = [
    "tests.exhaustive",  # what waits for `--exhaustive`
    "tests.faults.asked",  # what waits for `--faults`
    "tests.ground",  # the session's own PostgreSQL and Redis, and Django set up on them
    "tests.emptying",  # tests with real transactions leave the seeded rows behind, nothing else
    "tests.cast",  # the people
    "tests.rehearsed",  # a whole call rehearsed by the command, once a session
    "tests.workers",  # a Celery worker as a process of its own
    "tests.posts",  # no post that succeeds takes more than twenty statements
    "tests.chain",  # the middleware, put together once for all clients
    "tests.browser",  # a real browser
]
