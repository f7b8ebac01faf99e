// Forms marked data-upload: the same post, with a bar that shows how far it is.
function send(form, submitter) {
  const bar = form.querySelector("progress");
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  if (submitter?.name) body.append(submitter.name, submitter.value);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.setRequestHeader("X-Upload", "1");
  request.responseType = "document";
  bar.hidden = false;
  if (submitter) submitter.disabled = true;
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = Math.round((100 * event.loaded) / event.total);
  });
  request.addEventListener("load", () => arrive(request));
  request.addEventListener("error", () => {
    bar.hidden = true;
    if (submitter) submitter.disabled = false;
    form.submit(); // the plain post shows the browser's own words for the failure
  });
  request.send(body);
}

// The server tells where to go on. Otherwise the form came back with what is wrong, from an
// address that may know no GET: stay on the page.
function arrive(request) {
  const onward = request.getResponseHeader("Location");
  if (onward) return location.assign(onward);
  const came = request.responseXML?.getElementById("main");
  if (!came) return location.reload();
  if (!came.querySelector("[role=alert], .is-error")) return location.reload();
  document.getElementById("main").replaceWith(document.adoptNode(came));
  watchUploads();
  document.querySelector("[data-focus]")?.focus();
}

export function watchUploads() {
  for (const form of document.querySelectorAll("form[data-upload]")) {
    if (form.dataset.watched || !form.querySelector("progress")) continue;
    form.dataset.watched = "yes";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, event.submitter);
    });
  }
}
