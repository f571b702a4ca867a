// The last runs, in this browser's database: [{id, saved, task, title, data}], newest first. `data` is the file's text.

import { pack } from "./files.js";

const KEPT = 12;
const STORE = "runs";

const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function store(mode) {
  const opening = indexedDB.open("elbarto", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
  return (await promised(opening)).transaction(STORE, mode).objectStore(STORE);
}

export async function list() {
  return (await promised((await store("readonly")).getAll())).reverse();
}

export async function add(recordings, task, title) {
  const run = pack(recordings, task);
  const runs = await store("readwrite");
  await promised(runs.add({ saved: run.saved, task, title, data: JSON.stringify(run) }));
  const ids = await promised(runs.getAllKeys());
  for (const id of ids.slice(0, -KEPT)) runs.delete(id);
}

export async function clear() {
  await promised((await store("readwrite")).clear());
}

// Fills the list; `open(run)` is called with the one that is chosen.
export function show(element, runs, open) {
  element.replaceChildren(
    ...runs.map((run) => {
      const button = document.createElement("button");
      button.type = "button";
      const title = document.createElement("span");
      title.textContent = run.title;
      const time = document.createElement("time");
      time.dateTime = run.saved;
      time.textContent = new Date(run.saved).toLocaleString([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
      button.append(title, time);
      button.addEventListener("click", () => open(run));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }),
  );
}
