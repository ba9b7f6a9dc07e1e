/**
 * One record of a CSV file (RFC 4180) with its line end; null is an empty cell. A cell that a spreadsheet would run as a
 * formula starts with an apostrophe, which spreadsheets do not show (OWASP, CSV Injection).
 */
export function csvRecord(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => csvCell(cell ?? "")).join(",")}\r\n`;
}

function csvCell(text: string): string {
  // Spreadsheets skip control characters before the sign and read full-width signs as plain ones.
  const safe = /^[\s\p{Cc}\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
