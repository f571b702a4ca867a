// What the page copies: text, and a run's request as a curl command.

import { addressOf, key } from "./client.js";

// Browsers have navigator.clipboard on https and on localhost only.
export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("This browser does not let pages copy.");
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// The API has no field `alternatives` outside of the socket. The key itself is not copied.
export function curlOf({ alternatives: _, ...request }) {
  const path = request.segments ? "v1/infill" : "v1/chat/completions";
  const parts = [`curl ${quoted(addressOf(path).href)}`, "-H 'Content-Type: application/json'"];
  if (key.get()) parts.push('-H "Authorization: Bearer $ELBARTO_API_KEY"');
  parts.push(`-d ${quoted(JSON.stringify(request))}`);
  return parts.join(" \\\n  ");
}
