// What the page says: about a run, and instead of the API's errors.

// One sentence on what the canvas shows, and what the timeline below it means.
export function lead(isInfill, isRecorded) {
  const start = isInfill ? "A diffusion model fills all holes of this code at once" : "A diffusion model turns a row of masks into a reply, block by block";
  const recorded = isRecorded ? " This run was recorded; press Run for your own." : "";
  return `${start}: each step keeps the tokens that it is surest of, wherever they are, not from left to right.${recorded}`;
}

export function timeline(isInfill) {
  return `a square is a token becoming final. Across: the step; down: its place in the ${isInfill ? "holes" : "block"}. Left-to-right writing would be a staircase.`;
}

export const SERVER = {
  loading: "the model is loading",
  away: "server unreachable, trying again",
  closed: "shutting down",
  failed: "the model could not be loaded",
};

const PLAIN = {
  queue_full: "The server is busy with other requests. Try again in a moment.",
  model_loading: "The model is still loading.",
  shutting_down: "The server is shutting down.",
  engine_failed: "The server failed while it worked on this. Its log has the cause.",
  origin_not_allowed: "The server does not accept requests from this page’s address; its operator can allow it (cors_origins).",
  context_length_exceeded: "This is too long for the model: prompt and reply share its context",
};

// An error of the API as a sentence.
export function plainly({ code, param, message }) {
  if (param === "infill_mode") return "This model fills holes one after the other, which the page cannot show. Choose “Ask”, or use /v1/infill.";
  if (code === "context_length_exceeded") {
    const tokens = /(\d+) tokens\. However, you requested (\d+)/.exec(message);
    const number = (text) => Number(text).toLocaleString("en");
    return `${PLAIN[code]}${tokens ? ` of ${number(tokens[1])} tokens, and this needs ${number(tokens[2])}` : ""}. Shorten the prompt.`;
  }
  return PLAIN[code] ?? message;
}

// A refused schema: "properties.age cannot be used: Invalid type: int."
export function aboutSchema(message) {
  const found = /^response_format\.json_schema\.schema\.?(\S*) (?:cannot be compiled: )?([\s\S]*)$/.exec(message);
  if (!found) return message.replace(/^response_format(\.json_schema)?/, "The schema");
  const [, place, reason] = found;
  return `The schema cannot be used${place ? `, at ${place}` : ""}: ${reason}`;
}
