// The server: one socket per run, the API key if one is required, the server's health and the facts about its model.
// Addresses are relative to the page's own, which may be below a path of a proxy.

const KEY = "elbarto-key";

export const key = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (value) => sessionStorage.setItem(KEY, value),
};

export const addressOf = (path) => new URL(path, document.baseURI);

// Sends `request` and calls `take(event)` for each event, then `end(how)`: "finished", "failed", "stopped" or "lost".
// Returns a function that stops it: closing the socket ends the work on the server.
export function follow(request, take, end) {
  const address = addressOf("v1/steps");
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  let how = null;
  socket.onopen = () => {
    if (key.get()) socket.send(JSON.stringify({ api_key: key.get() }));
    socket.send(JSON.stringify(request));
  };
  socket.onmessage = ({ data }) => {
    if (how === "stopped") return;
    const event = JSON.parse(data);
    if (event.type === "finished") how = "finished";
    if (event.type === "error") how = event.error.code === "shutting_down" ? "lost" : "failed";
    take(event);
  };
  socket.onclose = () => end(how ?? "lost");
  return () => {
    how ??= "stopped";
    socket.close();
  };
}

// Polls the server's health; calls `changed(now, before)` at every change of state ("ok", "loading", "away", ...) or model.
export function watchHealth(changed) {
  let last = null;
  const poll = async () => {
    let health;
    try {
      const answer = await fetch(addressOf("health"), { signal: AbortSignal.timeout(5000), cache: "no-store" });
      health = await answer.json();
    } catch {
      health = { status: "away", model: null };
    }
    const now = { state: health.status, model: health.model, device: health.device, dtype: health.dtype };
    if (now.state !== last?.state || now.model !== last?.model) changed(now, last);
    last = now;
    setTimeout(poll, now.state === "ok" ? (document.hidden ? 15000 : 3000) : 1000);
  };
  poll();
}

const ask = (path) => fetch(addressOf(path), { headers: key.get() ? { Authorization: `Bearer ${key.get()}` } : {} });

// The served model as /v1/models lists it, or null if the server does not tell.
export async function modelCard() {
  const answer = await ask("v1/models");
  return answer.ok ? (await answer.json()).data[0] : null;
}

// "" if the server does not tell.
export async function serverVersion() {
  const answer = await ask("version");
  return answer.ok ? (await answer.json()).version : "";
}
