import type { Random } from "./random.ts";

export type Gender = "female" | "male";

interface Culture {
  /** Percentage of the patients. */
  share: number;
  female: readonly string[];
  male: readonly string[];
  /** A pair is a name that daughters and sons bear in different forms. */
  surnames: readonly (string | { female: string; male: string })[];
}

/** Irish surnames in Irish: Ó and Mac for him, Ní and Nic (with lenition) for her. */
const gaelic = (female: string, male: string) => ({ female, male });

const CULTURES: readonly Culture[] = [
  {
    share: 65,
    female:
      words(`Aoife Niamh Saoirse Ciara Sinéad Gráinne Róisín Siobhán Orla Deirdre Clodagh Mairéad Éabha Fiadh Caoimhe
      Áine Bríd Emily Grace Mary Anne Kathleen Margaret Ellen Sarah Laura Rachel Nora Maeve Eimear`),
    male: words(`Seán Pádraig Ciarán Oisín Cillian Fionn Darragh Eoin Tadhg Cathal Diarmuid Micheál Ruairí Séamus Brendan
      Declan Conor Liam Patrick James John Thomas Daniel Michael Jack Noah Kevin Barry Fergal Éanna`),
    surnames: [
      ...words(`Murphy Kelly Byrne Ryan Walsh Doyle McCarthy Gallagher Doherty Kennedy Lynch Murray Quinn Moore McLoughlin
        Connolly Daly Wilson Dunne Brennan Burke Collins Campbell Clarke Hughes Farrell Fitzgerald Nolan Maguire Keane
        FitzGibbon Delaney Power Sheehan Cullen Mulligan Devlin Hogan Kavanagh Redmond`),
      ...words("O'Sullivan O'Brien O'Connor O'Neill O'Reilly O'Shea O'Donnell O'Leary O'Mahony O'Dwyer"),
      gaelic("Ní Bhriain", "Ó Briain"),
      gaelic("Ní Cheallaigh", "Ó Ceallaigh"),
      gaelic("Nic Dhonncha", "Mac Donncha"),
      gaelic("Ní Shúilleabháin", "Ó Súilleabháin"),
      gaelic("Ní Fhlatharta", "Ó Flatharta"),
      gaelic("Nic an tSaoir", "Mac an tSaoir"),
    ],
  },
  {
    share: 10,
    female: words("Agnieszka Małgorzata Zofia Katarzyna Elżbieta Joanna"),
    male: words("Łukasz Paweł Wojciech Tomasz Michał Krzysztof"),
    surnames: [
      { female: "Wiśniewska", male: "Wiśniewski" },
      { female: "Kowalska", male: "Kowalski" },
      { female: "Dąbrowska", male: "Dąbrowski" },
      ...words("Nowak Wójcik Woźniak Mazur Król"),
    ],
  },
  {
    share: 5,
    female: words("Beatriz Inês Luísa Thaís"),
    male: words("João Mateus Gonçalo Thiago"),
    surnames: words("Gonçalves Araújo Ferreira Simões").concat("dos Santos"),
  },
  {
    share: 4,
    female: words("Núria María Lucía Begoña"),
    male: words("José Íñigo Andrés Martín"),
    surnames: words("Núñez Peña Muñoz García-Lorca"),
  },
  {
    share: 6,
    female: words("Chiamaka Ngozi Adaeze Temitope Folasade"),
    male: words("Chukwuemeka Oluwaseun Tunde Kelechi Ifeanyi"),
    surnames: words("Okafor Adeyemi Nwosu Balogun Eze Olatunji"),
  },
  {
    share: 4,
    female: words("Priya Ananya Lakshmi Divya"),
    male: words("Arjun Rohan Vikram Suresh"),
    surnames: words("Nair Krishnamurthy Sharma Varghese"),
  },
  { share: 2, female: words("Thảo Ngọc Linh"), male: words("Minh Đức Khải"), surnames: words("Nguyễn Trần Phạm") },
  { share: 2, female: words("Zoë Hélène Chloé"), male: words("François Loïc Théo"), surnames: words("Lefèvre Rey") },
  {
    share: 2,
    female: words("Åsa Kirsten Jördis"),
    male: words("Søren Björn Jürgen"),
    surnames: words("Müller Lindström"),
  },
];

/** A name that no patient has; `taken` gets it. */
export function newName(random: Random, gender: Gender, taken: Set<string>): string {
  for (;;) {
    const culture = CULTURES[random.weighted(CULTURES.map(({ share }) => share))] ?? CULTURES[0]!;
    const surname = random.pick(culture.surnames);
    const name = `${random.pick(culture[gender])} ${typeof surname === "string" ? surname : surname[gender]}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
