"""Sleeps for a minute: a stand-in for a server."""

import time

if __name__ == "__main__":
    time.sleep(60)
