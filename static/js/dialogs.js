// A link marked data-dialog leads to a confirm page. With script, that page's form opens here.
function dialogFor(form) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "confirm-question");
  form.classList.remove("panel", "confirm");
  dialog.append(form);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  const back = form.querySelector("[data-back]");
  back?.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  dialog.showModal();
  back?.focus(); // the safe choice first
}

async function open(link) {
  try {
    const answer = await fetch(link.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const form = answer.ok && page.getElementById("confirm");
    if (form && !form.getAttribute("action")) form.setAttribute("action", link.href);
    if (form) return dialogFor(document.adoptNode(form));
  } catch {
    // fall through: the page itself says what is wrong
  }
  location.assign(link.href);
}

export function watchDialogs() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link);
  });
}
