// The score sheet while one marks it: a tier sets its base score, a score off the base wants grounds
// at once, an extreme one asks for them, the sums follow. Everything is checked again, and saved, by the server.

const form = document.querySelector("form[data-scoring]");
const number = (text) => {
  const plain = text.normalize("NFKC").trim().replace(/[,。]/, ".");
  return /^\d+(\.\d*)?$/.test(plain) ? Math.round(Number(plain) * 100) : null;
};
const points = (hundredths) => (hundredths / 100).toFixed(2);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);

function tierOf(leaf) {
  const chosen = leaf.querySelector("input[type=radio]:checked");
  if (!chosen) return null;
  const { base, low, high } = chosen.dataset;
  return { base: number(base), low: number(low), high: number(high) };
}

const scoreOf = (leaf) => leaf.querySelector("input[inputmode]");
const isBase = (leaf, value) =>
  [...leaf.querySelectorAll("input[type=radio]")].some((r) => number(r.dataset.base) === value);

function wanted(leaf) {
  const tier = tierOf(leaf);
  const score = number(scoreOf(leaf).value);
  if (!tier || score === null) return "";
  if (score < tier.low || score > tier.high) {
    return fill(form.dataset.range, { low: points(tier.low), high: points(tier.high) });
  }
  const length = leaf.querySelector("textarea").value.replace(/\s/g, "").length;
  const more = Number(form.dataset.least) - length;
  if (score === tier.base || more <= 0) return "";
  return fill(form.dataset.comment, { base: points(tier.base), needed: form.dataset.least, more });
}

function asked(leaf) {
  const score = number(scoreOf(leaf).value);
  const extreme = score === 0 || score === number(leaf.dataset.most);
  return extreme && tierOf(leaf) && !leaf.querySelector("textarea").value.trim()
    ? form.dataset.asks
    : "";
}

function say(leaf) {
  const place = leaf.querySelector("[id^=say-]");
  const must = wanted(leaf);
  const text = must || asked(leaf);
  if (place.textContent.trim() === text) return;
  place.replaceChildren();
  if (!text) return;
  const line = document.createElement("span");
  line.className = must ? "warning" : "hint";
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  place.append(line);
}

function addUp() {
  const scores = [...form.querySelectorAll("[data-leaf]")].map((leaf) => {
    const score = number(scoreOf(leaf).value) ?? 0;
    return score <= number(leaf.dataset.most) ? score : 0; // what cannot be saved does not count
  });
  const given = scores.reduce((a, b) => a + b, 0);
  document.getElementById("given").textContent = points(given);
  document.getElementById("sum").textContent = points(given + number(form.dataset.formula));
}

function chooseTier(leaf) {
  const score = scoreOf(leaf);
  const tier = tierOf(leaf);
  const value = number(score.value);
  const untouched = score.value.trim() === "" || (value !== null && isBase(leaf, value));
  if (untouched || value === null || value < tier.low || value > tier.high) {
    score.value = points(tier.base);
  }
}

function watchSheet() {
  for (const leaf of form.querySelectorAll("[data-leaf]")) {
    leaf.addEventListener("change", (event) => {
      if (event.target.type === "radio") chooseTier(leaf);
    });
    for (const kind of ["input", "change"]) {
      leaf.addEventListener(kind, () => {
        say(leaf);
        addUp();
      });
    }
  }
}

// Below the split the dossier folds above the sheet.
function watchFold() {
  const fold = document.querySelector("[data-reading-fold]");
  const reading = document.getElementById("reading");
  if (!fold || !reading) return;
  const button = fold.querySelector("button");
  const wide = matchMedia("(width >= 80rem)");
  const show = (open) => {
    reading.hidden = !open && !wide.matches;
    button.setAttribute("aria-expanded", String(open));
  };
  fold.hidden = false;
  button.addEventListener("click", () => show(reading.hidden));
  wide.addEventListener("change", () => show(wide.matches));
  show(false);
}

if (form) watchSheet();
watchFold();
