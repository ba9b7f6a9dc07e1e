/** Cities of zones whose name in a language differs from the IANA database's. */
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

/** The name of an IANA zone's city in a language (RFC 5646, any region). */
export function cityOf(timeZone: string, tag: string): string {
  const city = (timeZone.split("/").at(-1) ?? timeZone).replaceAll("_", " ");
  return NAMES[tag.split("-")[0] ?? ""]?.[city] ?? city;
}
