// The server: one socket for each run, the key where it is wanted, and whether anybody is there.

const KEY = "elbarto-key";

export const key = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (value) => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
};

// Sends `request` and calls `take(event)` for each event, then `end(how)`: "finished", "failed", "stopped" or "lost".
// Returns a function that stops it: closing the socket ends the work on the server.
export function follow(request, take, end) {
  const address = new URL("/v1/steps", location.href);
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

// Asks for the server's health again and again; `tell({state, model})` at every change: "ok", "loading", "away", ...
export function watchHealth(tell) {
  let last = null;
  const ask = async () => {
    let health;
    try {
      const answer = await fetch("/health", { signal: AbortSignal.timeout(5000), cache: "no-store" });
      health = await answer.json();
    } catch {
      health = { status: "away", model: null };
    }
    const now = { state: health.status, model: health.model, device: health.device };
    if (now.state !== last?.state || now.model !== last?.model) tell(now, last);
    last = now;
    setTimeout(ask, now.state === "ok" ? (document.hidden ? 15000 : 3000) : 1000);
  };
  ask();
}
