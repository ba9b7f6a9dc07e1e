/** The inline styles of a mail's elements in light colours. */
const LOOKS = {
  body: "margin:0;padding:0;background:#f2f5f4;color:#14211d;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
  preheader: "display:none;max-height:0;overflow:hidden;mso-hide:all",
  frame: "display:block;max-width:600px;margin:0 auto;padding:24px 16px",
  clinic: "margin:0 0 12px;font-weight:600;color:#0b5d4e",
  card: "background:#ffffff;border:1px solid #d5dedb;border-radius:12px;padding:24px",
  heading: "margin:0 0 16px;font-size:24px;line-height:1.25;font-weight:700;overflow-wrap:anywhere",
  paragraph: "margin:0 0 12px;overflow-wrap:anywhere",
  facts: "margin:20px 0;padding:16px 16px 4px;background:#eef5f2;border-left:4px solid #0b5d4e;border-radius:4px",
  label: "margin:0;font-size:14px;color:#43544e",
  now: "margin:0 0 12px;font-size:19px;line-height:1.35;font-weight:700;overflow-wrap:anywhere",
  piece: "display:inline-block;white-space:pre-wrap",
  past: "margin:0 0 12px;color:#43544e;text-decoration:line-through;overflow-wrap:anywhere",
  value: "margin:0 0 12px;font-weight:600;overflow-wrap:anywhere",
  buttons: "border-collapse:separate;border-spacing:0;margin:0 0 12px",
  primary: "border-radius:8px;background:#0b5d4e;border:2px solid #0b5d4e;text-align:center",
  primaryLink: "display:block;padding:12px 22px;color:#ffffff;font-weight:600;text-decoration:none",
  secondary: "border-radius:8px;background:#ffffff;border:2px solid #0b5d4e;text-align:center",
  secondaryLink: "display:block;padding:12px 22px;color:#0b5d4e;font-weight:600;text-decoration:none",
  list: "margin:0 0 12px;padding:0 0 0 20px",
  item: "margin:0;padding:6px 0",
  link: "color:#0b5d4e;text-decoration:underline",
  phone: "color:#0b5d4e;text-decoration:underline;white-space:nowrap",
  note: "margin:12px 0 0;color:#43544e;overflow-wrap:anywhere",
  small: "margin:16px 8px 0;font-size:14px;line-height:1.7;color:#43544e",
} as const;

export type Look = keyof typeof LOOKS;

/** The attributes of an element's look: the inline style, and the class that the style sheet overrides. */
export const styled = (look: Look): string => `class="${look}" style="${LOOKS[look]}"`;

/** On phones a button is as wide as the card. */
export const LIGHT = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) { .buttons { width: 100% !important; } .card { padding: 20px 16px !important; } }
`;

/** The dark scheme. Every pair of colours keeps a contrast of 4.5:1 (WCAG 1.4.3). */
export const DARK = `@media (prefers-color-scheme: dark) {
  .body { background: #101715 !important; color: #e8efec !important; }
  .card { background: #18211e !important; border-color: #33423c !important; }
  .facts { background: #1f2b27 !important; border-color: #7fd1be !important; }
  .label, .past, .note, .small { color: #a9b8b2 !important; }
  .clinic, .link, .phone { color: #7fd1be !important; }
  .primary { background: #7fd1be !important; border-color: #7fd1be !important; }
  .primaryLink { color: #0c1613 !important; }
  .secondary { background: #18211e !important; border-color: #7fd1be !important; }
  .secondaryLink { color: #7fd1be !important; }
}
`;
