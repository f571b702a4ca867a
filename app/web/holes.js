// Converts code with marked holes to the segments of an infill request, and back.

import { MARKER } from "./examples.js";

const HOLE = /_{3,}/; // a longer run is still one hole

export function segmentsOf(text) {
  const segments = [];
  text.split(HOLE).forEach((part, index, parts) => {
    if (part) segments.push(part);
    if (index < parts.length - 1) segments.push({ hole: { single_line: true } });
  });
  return segments;
}

export const textOf = (segments) => segments.map((segment) => (typeof segment === "string" ? segment : MARKER)).join("");

export const hasHole = (text) => HOLE.test(text);
