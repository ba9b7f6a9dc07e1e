import type { Letter, Link } from "./letter.ts";

const linked = ({ label, url }: Link): string => `${label}: ${url}`;

/** A letter as plain text: paragraphs with an empty line between them, addresses at the ends of lines. */
export function setText(letter: Letter): string {
  const { paragraphs, lines, actions, offers, notes, help, footer } = letter;
  const parts = [
    ...paragraphs,
    lines.map(({ label, value }) => `${label}: ${value}`).join("\n"),
    actions.map(linked).join("\n"),
    ...(offers ? [[offers.intro, ...offers.times.map((time) => `- ${linked(time)}`)].join("\n")] : []),
    ...notes,
    ...(help === null ? [] : [help]),
    [footer.text, ...footer.links.map(linked)].filter((line) => line !== null).join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}
