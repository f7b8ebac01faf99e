// Warns five minutes before a sign-in ends for want of activity; one press prolongs it.
const WARN_SECONDS = 300;

export function watchSession() {
  const box = document.querySelector("[data-session-end]");
  if (!box) return;
  const seconds = Number(box.dataset.sessionEnd);
  const text = box.querySelector("span");
  const button = box.querySelector("button");
  const warning = text.textContent;
  let timers = [];

  const start = () => {
    timers.forEach(clearTimeout);
    box.hidden = true;
    button.hidden = false;
    text.textContent = warning;
    const after = (s, act) => setTimeout(act, Math.min(s * 1000, 2 ** 31 - 1));
    timers = [
      after(Math.max(seconds - WARN_SECONDS, seconds / 2), () => (box.hidden = false)),
      after(seconds, () => {
        text.textContent = box.dataset.ended;
        button.hidden = true;
      }),
    ];
  };
  button.addEventListener("click", async () => {
    const answer = await fetch(location.pathname, { method: "HEAD", credentials: "same-origin" }).catch(() => null);
    if (answer && !answer.redirected) start();
    else location.reload();
  });
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && start());
  start();
}
