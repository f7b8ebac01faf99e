// Forms marked data-unsaved: leaving with something typed and not saved asks first.
const dirty = new WeakSet();

export function isDirty(form) {
  return dirty.has(form);
}

export function markDirty(form) {
  dirty.add(form);
}

export function markClean(form) {
  dirty.delete(form);
}

export function watchUnsaved() {
  const forms = document.querySelectorAll("form[data-unsaved]");
  for (const form of forms) {
    form.addEventListener("input", () => markDirty(form));
    form.addEventListener("submit", () => markClean(form));
  }
  if (!forms.length) return;
  addEventListener("beforeunload", (event) => {
    if ([...forms].some((form) => form.isConnected && isDirty(form))) event.preventDefault();
  });
}
