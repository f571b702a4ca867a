// Converts code with markers to the segments of an infill request.

import { MARKER } from "./examples.js";

export function segmentsOf(text) {
  const segments = [];
  text.split(MARKER).forEach((part, index, parts) => {
    if (part) segments.push(part);
    if (index < parts.length - 1) segments.push({ hole: { single_line: true } });
  });
  return segments;
}
