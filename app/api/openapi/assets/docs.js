// Light or dark as on the page at /, else as the system has it.

const page = document.querySelector("rapi-doc");
const chosen = localStorage.getItem("elbarto-theme");
const system = matchMedia("(prefers-color-scheme: dark)");
const LOOKS = {
  light: { theme: "light", "bg-color": "#f4f5f2", "text-color": "#171b1c", "nav-bg-color": "#ffffff", "primary-color": "#0b6e5f" },
  dark: { theme: "dark", "bg-color": "#111415", "text-color": "#e8ebe8", "nav-bg-color": "#181c1d", "primary-color": "#56d3b8" },
};

function paint() {
  const look = chosen === "light" || chosen === "dark" ? chosen : system.matches ? "dark" : "light";
  document.documentElement.style.colorScheme = look;
  for (const [name, value] of Object.entries(LOOKS[look])) page.setAttribute(name, value);
}

// "Try" asks this server, below whatever path a proxy serves it.
page.setAttribute("server-url", new URL(".", document.baseURI).href.replace(/\/$/, ""));
page.addEventListener("spec-loaded", ({ detail }) => {
  // What has no part that docs.css could name.
  const sheet = new CSSStyleSheet();
  sheet.insertRule(".nav-bar-section { justify-content: flex-start; }");
  if (!detail.securitySchemes?.length) sheet.insertRule("#auth, #link-auth { display: none; }");
  page.shadowRoot.adoptedStyleSheets.push(sheet);
});
paint();
system.addEventListener("change", paint);
