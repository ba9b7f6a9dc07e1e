type Cells = readonly (string | null)[];

/** Excel reads a CSV file as UTF-8 only with this mark at its beginning (U+FEFF). */
export const BYTE_ORDER_MARK = "\ufeff";

/**
 * A CSV file (RFC 4180) that Excel opens: a byte order mark, the column names, and the records of the pages. Each record
 * ends with CRLF. A page is read when the client has taken the one before. A page that fails breaks the transfer off.
 */
export function csvFile(
  columns: readonly string[],
  pages: AsyncIterator<readonly Cells[]>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(BYTE_ORDER_MARK + csvRecord(columns))),
    async pull(controller) {
      const page = await pages.next();
      if (page.done) controller.close();
      else controller.enqueue(encoder.encode(page.value.map(csvRecord).join("")));
    },
  });
}

/**
 * One record of a CSV file with its line end; null is an empty cell. A cell that a spreadsheet would run as a formula gets
 * an apostrophe, which spreadsheets do not show (OWASP, CSV Injection).
 */
export function csvRecord(cells: Cells): string {
  return `${cells.map((cell) => csvCell(cell ?? "")).join(",")}\r\n`;
}

function csvCell(text: string): string {
  // Spreadsheets skip control characters before the sign and read full-width signs as plain ones.
  const safe = /^[\s\p{Cc}\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
