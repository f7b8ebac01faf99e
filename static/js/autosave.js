// Forms marked data-autosave are posted by htmx while one types. This module only speaks: it tells
// what is saved and what is not, tries again after a lost connection, and never clears a field.
import { isDirty, markClean, markDirty } from "./unsaved.js";

const RETRY_MS = [3000, 10000, 30000];
const SAY_EVERY_MS = 60000;

const words = () => document.getElementById("autosave-words")?.dataset ?? {};
const line = () => document.getElementById("autosave-line");

let saidAt = 0;

function show(text, tone) {
  const place = line();
  if (!place) return;
  place.className = tone ? `saved ${tone}` : "saved";
  place.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
}

// Screen readers hear successes at most once a minute, and every trouble.
function say(text, urgent) {
  const place = document.getElementById("autosave-said");
  if (!place || (!urgent && Date.now() - saidAt < SAY_EVERY_MS)) return;
  saidAt = Date.now();
  place.textContent = text;
}

function trouble(form, text) {
  markDirty(form);
  show(text, "is-warn");
  say(text, true);
  saidAt = 0; // the success that ends a trouble is said at once
}

function save(form) {
  if (form.isConnected) htmx.trigger(form, "change");
}

function watch(form) {
  let tries = 0;
  let timer = 0;
  let edits = 0;
  let sent = 0;

  const again = () => {
    clearTimeout(timer);
    const wait = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
    tries += 1;
    timer = setTimeout(() => save(form), wait);
  };

  form.addEventListener("input", () => {
    edits += 1;
    markDirty(form);
  });
  form.addEventListener("htmx:beforeRequest", () => {
    sent = edits;
    show(words().saving, "");
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    const xhr = event.detail.xhr;
    if (!xhr?.status) return; // a lost connection is told by htmx:sendError
    if (signedOut(form, xhr)) return trouble(form, words().ended);
    if (xhr.status >= 500 || xhr.status === 429) {
      trouble(form, words().failed);
      return again();
    }
    tries = 0;
    if (xhr.status < 300 && sent === edits) markClean(form);
    if (line()) say(line().textContent, xhr.status >= 300);
  });
  form.addEventListener("htmx:sendError", () => {
    trouble(form, words().offline);
    again();
  });
  addEventListener("online", () => isDirty(form) && save(form));
}

// A sign-in that has ended answers with the sign-in page of another address.
function signedOut(form, xhr) {
  if (xhr.status === 401 || xhr.status === 403) return !xhr.responseText.includes("autosave-line");
  const asked = new URL(form.getAttribute("hx-post"), location.href).pathname;
  return Boolean(xhr.responseURL) && new URL(xhr.responseURL).pathname !== asked;
}

export function watchAutosave() {
  for (const form of document.querySelectorAll("form[data-autosave]")) watch(form);
}
