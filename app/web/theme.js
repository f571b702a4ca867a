// Light, dark, or the system's theme.

const narrow = matchMedia("(max-width: 40rem)");
const ORDER = ["system", "light", "dark"];

export function start(button) {
  const set = (theme) => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("elbarto-theme", theme);
    button.setAttribute("aria-label", theme === "system" ? "Theme: system" : `Theme: ${theme}`);
    button.textContent = `${narrow.matches ? "◐" : "Theme:"} ${theme === "system" ? "auto" : theme}`;
  };
  const now = () => document.documentElement.dataset.theme;
  set(ORDER.includes(localStorage.getItem("elbarto-theme")) ? localStorage.getItem("elbarto-theme") : "system");
  button.addEventListener("click", () => set(ORDER[(ORDER.indexOf(now()) + 1) % ORDER.length]));
}
