/** The value below which a share (0 to 1) of the measurements lies, by nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Prints rows as a table in Markdown, the first one as its head. */
export function table(rows: readonly (readonly (string | number)[])[]): void {
  const [head = [], ...rest] = rows.map((row) => row.map(String));
  for (const row of [head, head.map(() => "---"), ...rest]) console.log(`| ${row.join(" | ")} |`);
  console.log();
}

/** Milliseconds, to a tenth. */
export const inMs = (value: number): string => value.toFixed(1);

/** A value and its goal, with the verdict. */
export function judged(ratio: number, goal: number, better: "less" | "more" = "less"): string {
  const met = better === "less" ? ratio <= goal : ratio >= goal;
  return `${ratio.toFixed(2)} (goal ${better === "less" ? "<=" : ">="} ${goal}: ${met ? "met" : "NOT met"})`;
}
