// Texts (and outlines of masks and fields) that stand out too little, as WCAG 2 computes contrast. A list of words.
() => {
  const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const background = (element) => {
    if (!element) return [255, 255, 255, 1];
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, background(element.parentElement));
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const problems = new Set();
  const check = (element, colour, behind, least, what) => {
    const found = contrast(over(rgba(colour), behind), behind);
    if (found < least) problems.add(`${what} of ${element.tagName}.${element.className}: ${found.toFixed(2)} of ${least}`);
  };
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[aria-hidden=true], :disabled");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !isShown(element) || element.closest("script, template, option, .newline")) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const transparency = Number(style.opacity);
    const [r, g, b, a] = rgba(style.color);
    check(element, `rgb(${r} ${g} ${b} / ${a * transparency})`, background(element), isLarge ? 3 : 4.5, `“${walker.currentNode.data.trim().slice(0, 20)}”`);
  }
  for (const element of document.querySelectorAll("input, select, textarea")) {
    if (!isShown(element) || !element.clientWidth || ["radio", "checkbox", "range", "file"].includes(element.type)) continue;
    check(element, getComputedStyle(element).color, background(element), 4.5, "value");
    check(element, getComputedStyle(element, "::placeholder").color, background(element), 4.5, "placeholder");
    check(element, getComputedStyle(element).borderTopColor, background(element.parentElement), 3, "outline");
  }
  for (const element of document.querySelectorAll(".canvas .cell.mask:not([hidden])")) {
    const [outline] = getComputedStyle(element).boxShadow.match(/^(rgb|color|oklab)[^)]*\)/);
    check(element, outline, background(element.parentElement), 3, "mask");
  }
  return [...problems];
}
