"""The rehearsal as a process: `python -m tests.faults.play APPLICATIONS EXPERTS UNTIL SEED`."""

import sys

import django


def main(applications: str, experts: str, until: str, seed: str) -> None:
    django.setup()

    from tests.faults import player

    player.play(int(applications), int(experts), until, seed)


if __name__ == "__main__":
    main(*sys.argv[1:])
