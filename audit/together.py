"""The tables of an app created in one step of its migration.

Django draws every related model anew after each operation, which among models that all refer to
each other takes the square of their number: nine seconds of ten that an empty database waited.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

STEPS = (CreateModel, AddField, AddIndex, AddConstraint, AddTrigger)


class CreateTables(Operation):
    """Creates each table as it is after all of the steps.

    `steps`: CreateModel, and what is added to the models that they create.
    """

    reversible = False

    def __init__(self, steps: Iterable[Operation]) -> None:
        self.steps = list(steps)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # drawn once, when the tables are created
        for step in self.steps:
            step.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for step in self.steps:
            if isinstance(step, CreateModel):
                step.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Create " + ", ".join(s.name for s in self.steps if isinstance(s, CreateModel))


def created_together(operations: Iterable[Any]) -> list[Any]:
    """The operations of a first migration, the tables first and in one step."""
    operations = list(operations)
    steps = [one for one in operations if isinstance(one, STEPS)]
    return [CreateTables(steps), *(one for one in operations if not isinstance(one, STEPS))]
