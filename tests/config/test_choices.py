"""What a list of choices says before anything is chosen."""

import importlib
import importlib.util
import pkgutil

from django import forms
from django.apps import apps
from django.conf import settings
from django.db.models.fields import BLANK_CHOICE_DASH


def form_classes(parent: type = forms.BaseForm):
    for child in parent.__subclasses__():
        yield child
        yield from form_classes(child)


def has_forms(app: str) -> bool:
    return importlib.util.find_spec(f"{app}.forms") is not None


def test_every_list_says_in_words_what_to_do():
    ours = [a.name for a in apps.get_app_configs() if a.path.startswith(str(settings.BASE_DIR))]
    ours = [a for a in ours if not a.startswith("tests")]
    for app in filter(has_forms, ours):
        package = importlib.import_module(f"{app}.forms")
        for module in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{app}.forms."):
            importlib.import_module(module.name)
    found = [
        (f"{form.__module__}.{form.__name__}", name)
        for form in set(form_classes())
        if form.__module__.partition(".")[0] in ours
        for name, field in form.base_fields.items()
        if isinstance(field, forms.ModelChoiceField)
        and isinstance(field.widget, forms.Select)
        and not isinstance(field.widget, forms.RadioSelect | forms.SelectMultiple)
        and field.empty_label == BLANK_CHOICE_DASH[0][1]
    ]
    assert found == []
