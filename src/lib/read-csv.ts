/**
 * The records of a CSV file (RFC 4180), each as it stands in the text, without its line end and without a byte order mark. A
 * line end inside quotes belongs to its record. Empty lines are records too, so that numbers of rows are those that a spreadsheet shows.
 */
export function csvRecords(text: string): string[] {
  const records: string[] = [];
  let isQuoted = false;
  let from = text.startsWith("\ufeff") ? 1 : 0;
  for (let at = from; at <= text.length; at++) {
    const sign = text[at];
    if (sign === '"') isQuoted = !isQuoted;
    if (sign !== undefined && (isQuoted || sign !== "\n")) continue;
    if (sign === undefined && from === text.length) break;
    records.push(text.slice(from, text[at - 1] === "\r" ? at - 1 : at));
    from = at + 1;
  }
  return records;
}

/** The sign between the cells: a semicolon where the header has one and no comma, as Excel writes in many countries. */
export function delimiterOf(header: string): string {
  return header.includes(";") && !header.includes(",") ? ";" : ",";
}

/**
 * The cells of a record, or null if its quotes do not match. The apostrophe that `csvRecord` puts before what a spreadsheet
 * would run as a formula is taken away.
 */
export function csvCells(record: string, delimiter: string): string[] | null {
  const cells: string[] = [];
  for (let at = 0; at <= record.length; at++) {
    let cell = "";
    if (record[at] === '"') {
      let end = at + 1;
      for (; ; end++) {
        if (end >= record.length) return null;
        if (record[end] !== '"') cell += record[end];
        else if (record[end + 1] === '"') cell += record[end++];
        else break;
      }
      at = end + 1;
      if (at < record.length && record[at] !== delimiter) return null;
    } else {
      const end = record.indexOf(delimiter, at);
      cell = record.slice(at, end === -1 ? record.length : end);
      at += cell.length;
    }
    cells.push(/^'[\s\p{Cc}\ufeff]*[=+\-@＝＋－＠]|^'[\t\r\n]/u.test(cell) ? cell.slice(1) : cell);
  }
  return cells;
}
