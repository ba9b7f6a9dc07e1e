// All addresses have the same page file, but its heading is for the first page only.
if (location.pathname !== "/") document.documentElement.classList.add("elsewhere");

// The language is the last one on this device, else the browser's first that the app has. The clinic's languages and the
// session are known later. The build writes the catalogues' addresses.
const catalogues = document.currentScript.dataset;
const wishes = [localStorage.getItem("language") ?? "", ...navigator.languages].map((tag) => tag.split("-")[0]);
const language = wishes.find((wish) => Object.hasOwn(catalogues, wish)) ?? "en";
// The scheme chosen on this device (web/kit/ui/theme.ts), else the system's.
const scheme = localStorage.getItem("scheme") ?? "auto";
const dark = scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";
const title = document.querySelector("title");
document.documentElement.lang = language;
document.title = title.dataset[language] ?? title.textContent;
document.head.append(
  Object.assign(document.createElement("link"), { rel: "modulepreload", href: catalogues[language] }),
);

// What the patients' app asks for first is fetched while its scripts load. web/kit/api/request.ts takes the answers by path.
if (catalogues.app === "patient") {
  const early = (globalThis.earlyAnswers = new Map());
  const send = async (path) => {
    const headers = { Accept: "application/json", "X-Holdfast-Csrf": "1" };
    const response = await fetch(`/api/v1${path}`, { headers });
    return { response, at: Date.now() };
  };
  const ask = (path) => {
    // A failure is the app's to find: it asks again.
    const answer = send(path).catch(() => undefined);
    early.set(path, answer);
    return answer;
  };
  void ask("/doctors");
  const session = ask("/session");
  if (location.pathname === "/") {
    // The same order as in web/patient/times/availability.ts.
    const search = new URLSearchParams(location.search);
    const wanted = new URLSearchParams();
    for (const [name, given] of [
      ["doctorId", "doctor"],
      ["specialty", "specialty"],
      ["locationId", "place"],
      ["partOfDay", "part"],
      ["weekday", "weekday"],
      ["appointmentId", "change"],
    ]) {
      if (search.has(given) && (given !== "specialty" || !search.has("doctor"))) wanted.set(name, search.get(given));
    }
    wanted.set("limit", "800");
    if (search.has("from")) wanted.set("from", search.get("from"));
    void ask(`/availability?${wanted}`);
    // Only for patients: what staff read of patients is recorded. Promised at once, so that the app does not ask as well.
    const next = "/appointments?when=upcoming&limit=5";
    const askForNext = async () => {
      const { response } = (await session) ?? {};
      const { role } = response?.ok ? await response.clone().json() : {};
      return role === "patient" ? await send(next) : undefined;
    };
    if (!search.has("change"))
      early.set(
        next,
        askForNext().catch(() => undefined),
      );
  }
}
