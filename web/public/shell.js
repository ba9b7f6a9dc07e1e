// The page is the same file for every address; its heading is only true of the first page.
if (location.pathname !== "/") document.documentElement.classList.add("elsewhere");
else if (sessionStorage.getItem("expects-next")) document.documentElement.classList.add("expects-next");

// Its language is the one last spoken on this device, else the browser's first that the app is written in. Whether the
// clinic offers it, and who is here, is known later. The catalogue's address comes from the build.
const catalogues = document.currentScript.dataset;
const wishes = [localStorage.getItem("language") ?? "", ...navigator.languages].map((tag) => tag.split("-")[0]);
const language = wishes.find((wish) => Object.hasOwn(catalogues, wish)) ?? "en";
const title = document.querySelector("title");
document.documentElement.lang = language;
document.title = title.dataset[language] ?? title.textContent;
document.head.append(
  Object.assign(document.createElement("link"), { rel: "modulepreload", href: catalogues[language] }),
);
