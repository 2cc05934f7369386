/* Passkeys: a form marked data-passkey asks the browser for one and posts what it gives. Without the browser's help the form stays hidden. */
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
/* A passkey belongs to a name; where the site is reached by a bare number, there can be none. */
const possible = "credentials" in navigator && "PublicKeyCredential" in window && !/^[\d.]+$|^\[/.test(location.hostname);

function readable(options) {
  const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (key[list]) key[list] = key[list].map((each) => ({ ...each, id: bytes(each.id) }));
  }
  return key;
}

function sendable(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    clientExtensionResults: credential.getClientExtensionResults(), authenticatorAttachment: credential.authenticatorAttachment,
  });
}

async function ask(form) {
  const kind = form.dataset.passkey;
  if (kind === "login") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return navigator.credentials.get({ publicKey: readable((await answer.json()).request_options) });
  }
  const data = JSON.parse(document.getElementById("passkey-data").textContent);
  if (kind === "use") return navigator.credentials.get({ publicKey: readable(data.request_options) });
  const publicKey = readable(data.creation_options);
  /* One that is kept in the device can also log in by itself; the device asks for finger, face or PIN. */
  publicKey.authenticatorSelection = { ...publicKey.authenticatorSelection, residentKey: "preferred", requireResidentKey: false, userVerification: "required" };
  return navigator.credentials.create({ publicKey });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const said = form.querySelector("[data-passkey-said]");
  const button = form.querySelector("[data-passkey-go]");
  if (!possible) {
    if (said?.dataset.cannot) { said.textContent = said.dataset.cannot; button.disabled = true; }
    continue;
  }
  form.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      form.elements.credential.value = sendable(await ask(form));
      form.submit();
    } catch {
      said.textContent = said.dataset.failed;
      button.disabled = false;
    }
  });
}
