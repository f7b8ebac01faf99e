"""People at the web, posting all the time while the house is attacked.

`python -m tests.faults.clients PORT SEED`. Each post that was answered is a line of the journal,
with what must be found later; so is each of which nobody knows.
"""

import hashlib
import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from rehearsal.papers import pdf
from tests.faults.journal import ACKNOWLEDGED, DESKS, POSTS, STOP, UNKNOWN, Journal
from tests.faults.visitor import Answer, Broken, Closed, Form, Visitor, form_of

PASSWORD, DOMAIN = "steelyard-demo", "jilin.example"
SECTIONS = ("market", "project")
MOST_FILES = 40  # of a dossier: the house takes sixty
BETWEEN_LETTERS = 13.0  # seconds
PAUSE = (0.02, 0.1)  # seconds between two posts of one person


@dataclass
class Person:
    """One sign-in with its drafts: the first to type in, the others to submit."""

    port: int
    login: str
    drafts: list[int]
    call: str
    rng: Random
    journal: Journal
    visitor: Visitor = field(init=False)
    open_pages: dict[str, Form] = field(default_factory=dict)
    count: int = 0
    files: int = 0
    next_letter: float = 0.0

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.port)

    def sign_in(self) -> None:
        self.visitor = Visitor(self.port)
        self.visitor.get("/accounts/login/")
        answer = self.visitor.post("/accounts/login/", {"login": self.login, "password": PASSWORD})
        if answer.status != 302:
            raise AssertionError(f"{self.login} cannot sign in: {answer.status}")

    def work(self, until: Callable[[], bool]) -> None:
        """One post after the other; whoever was cut off waits until the house answers again."""
        signed_in = False
        while not until():
            try:
                if not signed_in:
                    self.sign_in()
                    signed_in = True
                self.choose()()
            except (Broken, Closed):
                time.sleep(0.2)
            time.sleep(self.rng.uniform(*PAUSE))

    def choose(self) -> Callable[[], None]:
        if not self.drafts:
            return self.rng.choice([self.read_a_message] * 9 + [self.ask_for_a_letter])
        acts = [self.save] * 6 + [self.add_file] * 2 + [self.read_a_message] * 2 + [self.start]
        if len(self.drafts) > 1:
            acts.append(self.submit)
        return self.rng.choice(acts)

    def name(self) -> str:
        """Something that only this post has."""
        self.count += 1
        return f"{self.login}-{self.count}"

    def tell(self, post: Callable[[], Answer], **what: Any) -> Answer | None:
        """Post, and write down what became of it: refused is neither."""
        try:
            answer = post()
        except Broken as broken:
            self.journal.write(fate=UNKNOWN, by=self.login, error=str(broken), **what)
            raise
        if answer.is_done:
            self.journal.write(fate=ACKNOWLEDGED, by=self.login, **what)
            return answer
        return None

    def save(self) -> None:
        """One more word in a section, at the version that the page was read at or told since."""
        code = self.rng.choice(SECTIONS)
        path = f"/dossiers/{self.drafts[0]}/sections/{code}/"
        form = self.open_pages.pop(code, None) or self.opened(path)
        place = form.texts[0]
        text = f"{self.name()}：已与三家长期客户签订供货合同，其余为意向订单。"
        version = int(form.fields["version"])
        what = {"dossier": self.drafts[0], "section": code, "field": place}
        form.fields |= {place: text}
        answer = self.tell(
            lambda: self.visitor.post(f"{path}autosave/", form.fields),
            what="save", version=version, text=text, **what,
        )  # fmt: skip
        if answer is None or f'value="{version + 1}"' not in answer.text:
            raise AssertionError(f"{path} at {version}: not saved, though nobody else types there")
        form.fields["version"] = str(version + 1)
        self.open_pages[code] = form

    def opened(self, path: str) -> Form:
        page = self.visitor.get(path)
        form = form_of(page.text, "data-autosave")
        if page.status != 200 or not form.texts:
            raise AssertionError(f"{path}: {page.status}, {form.fields}")
        return form

    def add_file(self) -> None:
        if self.files >= MOST_FILES:
            return
        name = f"{self.name()}.pdf"
        content = pdf(name, name).read()
        path = f"/dossiers/{self.drafts[0]}/files/"
        told = self.tell(
            lambda: self.visitor.upload(path, {"document": "other"}, name, content),
            what="file", dossier=self.drafts[0], name=name,
            sha256=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
        if told is None or told.status != 302:
            raise AssertionError(f"{path}: {name} was not kept")
        self.files += 1

    def read_a_message(self) -> None:
        page = self.visitor.get("/inbox/?show=unread")
        numbers = re.findall(r'action="[^"]*/inbox/(\d+)/"', page.text)
        if numbers:
            number = self.rng.choice(numbers)
            path = f"/inbox/{number}/"
            self.tell(lambda: self.visitor.post(path, {}), what="read", message=int(number))

    def ask_for_a_letter(self) -> None:
        """With a link for a new password; the house sends few in a minute."""
        if time.monotonic() < self.next_letter:
            return
        self.next_letter = time.monotonic() + BETWEEN_LETTERS
        to, path = f"{self.login}@{DOMAIN}", "/accounts/password/reset/"
        self.tell(lambda: self.visitor.post(path, {"email": to}), what="letter", to=to)

    def start(self) -> None:
        """Open one more draft."""
        path = f"/calls/{self.call}/apply/"
        form = form_of(self.visitor.get(path).text, "data-unsaved")
        title = f"{self.name()}智能装备扩建项目"
        fields = form.fields | {"title": title} | self.first_choices(path)
        answer = self.tell(
            lambda: self.visitor.post(path, fields), what="start", title=title, call=self.call
        )
        if answer is None or answer.status != 302:
            raise AssertionError(f"{path}: not opened")

    def first_choices(self, path: str) -> dict[str, str]:
        """Of each list the first answer that says something; of the firm's, the only one."""
        page = self.visitor.get(path).text
        lists = re.findall(r'<select[^>]*name="(\w+)"(.*?)</select>', page, re.S)
        return {name: re.findall(r'<option value="([^"]+)"', found)[0] for name, found in lists}

    def submit(self) -> None:
        """The last of the prepared drafts goes in; sent again when nobody answered."""
        draft = self.drafts[-1]
        path = f"/dossiers/{draft}/submit/"
        answer = self.tell(
            lambda: self.visitor.post(path, {"commitment": "yes"}), what="submit", dossier=draft
        )
        if answer is None or answer.status != 302:
            raise AssertionError(f"{path}: not submitted")
        self.drafts.pop()


def main(port: str, seed: str) -> None:
    place = Path(os.environ["STEELYARD_DATA"])
    while not (place / DESKS).exists():
        time.sleep(0.1)
    journal, failed = Journal(place / POSTS), threading.Event()

    def work(number: int, desk: dict[str, Any]) -> None:
        try:
            person = Person(int(port), **desk, rng=Random(f"{seed}-{number}"), journal=journal)
            person.work(lambda: failed.is_set() or (place / STOP).exists())
        except BaseException:
            failed.set()
            raise

    desks = json.loads((place / DESKS).read_text())
    threads = [threading.Thread(target=work, args=found) for found in enumerate(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.exit(failed.is_set())


if __name__ == "__main__":
    main(*sys.argv[1:])
