// Elements may carry data-key="alt+n": the key presses (or focuses) them. A modifier is required,
// so that no single character acts by accident (WCAG 2.1.4).
function named(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("ctrl");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey) parts.push("shift");
  if (!parts.some((part) => part !== "shift")) return "";
  return [...parts, event.key.toLowerCase()].join("+");
}

export function watchShortcuts() {
  document.addEventListener("keydown", (event) => {
    const key = named(event);
    const target = key && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target || event.isComposing) return;
    event.preventDefault();
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  });
}
