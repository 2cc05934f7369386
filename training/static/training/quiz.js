// Keeping answers on a bad network or after the login has ended: says what is not saved, tries again, and never loses a choice.
const waiting = new Set();
let timer = 0;

function say(what) {
  for (const line of document.querySelectorAll("[data-trouble]")) line.hidden = line.dataset.trouble !== what;
}
function again(seconds) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    for (const question of waiting) window.htmx.trigger(question, "change");
  }, seconds * 1000);
}
function newToken(token) {
  document.querySelector("meta[name=csrf-token]")?.setAttribute("content", token);
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
}
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const question = detail.elt.closest?.(".question");
  if (!question) return;
  if (detail.successful) {
    waiting.delete(question);
    const was = question.querySelector("input[name^=was]");
    const chosen = detail.requestConfig.formData ? detail.requestConfig.formData.getAll(was.name.replace("was", "q")) : [];
    was.value = chosen.join(" ");
    if (!waiting.size) say("");
    return;
  }
  waiting.add(question);
  const { status } = detail.xhr;
  const token = detail.xhr.getResponseHeader("X-CSRFToken");
  if (status === 403 && token) {
    newToken(token); // logged in again in another tab
    again(0.2);
  } else if (status === 401) {
    say("login");
    again(5);
  } else if (status === 409) {
    say("person");
  } else {
    say("network");
    again(4);
  }
});
addEventListener("online", () => again(0));
addEventListener("focus", () => { if (waiting.size) again(0); });
