/** Cities of zones that a language calls by another name than the IANA database does. */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  de: {
    Vienna: "Wien",
    Zurich: "Zürich",
    Brussels: "Brüssel",
    Luxembourg: "Luxemburg",
    Prague: "Prag",
    Warsaw: "Warschau",
    Rome: "Rom",
    Copenhagen: "Kopenhagen",
    Lisbon: "Lissabon",
    Athens: "Athen",
    Belgrade: "Belgrad",
    Bucharest: "Bukarest",
    Kyiv: "Kiew",
  },
};

/** The city that an IANA zone is named by, as a language (RFC 5646; its region does not matter) calls it. */
export function cityOf(timeZone: string, tag: string): string {
  const city = (timeZone.split("/").at(-1) ?? timeZone).replaceAll("_", " ");
  return NAMES[tag.split("-")[0] ?? ""]?.[city] ?? city;
}
