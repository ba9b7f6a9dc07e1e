/**
 * One record of a CSV file (RFC 4180), its line end included. A cell that a spreadsheet would take for a formula gets an
 * apostrophe in front, which spreadsheets do not show (OWASP, CSV Injection).
 */
export function csvRecord(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => csvCell(cell ?? "")).join(",")}\r\n`;
}

function csvCell(text: string): string {
  // Also what a spreadsheet skips before the sign, and the full-width forms it reads as the plain ones.
  const safe = /^[\s\p{Cc}\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
