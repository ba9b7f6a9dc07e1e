// All addresses have the same page file, but its heading is for the first page only.
if (location.pathname !== "/") document.documentElement.classList.add("elsewhere");
else if (sessionStorage.getItem("expects-next")) document.documentElement.classList.add("expects-next");

// The language is the last one on this device, else the browser's first that the app has. The clinic's languages and the
// session are known later. The build writes the catalogues' addresses.
const catalogues = document.currentScript.dataset;
const wishes = [localStorage.getItem("language") ?? "", ...navigator.languages].map((tag) => tag.split("-")[0]);
const language = wishes.find((wish) => Object.hasOwn(catalogues, wish)) ?? "en";
// Only the staff app has a dark scheme: the one chosen on this device, else the system's.
if ("schemes" in catalogues) {
  const scheme = localStorage.getItem("scheme") ?? "auto";
  const dark = scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";
}
const title = document.querySelector("title");
document.documentElement.lang = language;
document.title = title.dataset[language] ?? title.textContent;
document.head.append(
  Object.assign(document.createElement("link"), { rel: "modulepreload", href: catalogues[language] }),
);
