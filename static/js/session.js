// Warns five minutes before a sign-in ends; one press prolongs it, and the page stays as it is.
const WARN_SECONDS = 300;
const LONGEST_MS = 2 ** 31 - 1;

export function watchSession() {
  const form = document.querySelector("[data-session-end]");
  if (!form) return;
  const text = form.querySelector("span");
  const button = form.querySelector("button");
  const warning = text.textContent;
  let timers = [];

  const after = (seconds, act) => setTimeout(act, Math.min(seconds * 1000, LONGEST_MS));
  const end = () => {
    form.hidden = false;
    text.textContent = form.dataset.ended;
    button.hidden = true;
  };
  const start = (seconds) => {
    timers.forEach(clearTimeout);
    form.hidden = true;
    button.hidden = false;
    text.textContent = warning;
    timers = [
      after(Math.max(seconds - WARN_SECONDS, seconds / 2), () => (form.hidden = false)),
      after(seconds, end),
    ];
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const request = { method: "POST", body: new FormData(form), credentials: "same-origin" };
    const answer = await fetch(form.action, request).catch(() => null);
    if (answer?.status === 204) start(Number(form.dataset.sessionLength));
    else if (answer) end();
  });
  start(Number(form.dataset.sessionEnd));
}
