/** An error as a log line has it: classes, codes and places in the program. Messages quote data, so none is logged. */
export interface Cause {
  /** The error's class. */
  error: string;
  /** PostgreSQL's SQLSTATE (appendix A of its manual). */
  sqlState?: string;
  constraint?: string;
  /** Where in the stored functions, innermost first: `done:14 < confirm_hold:31`. */
  sqlPlace?: string;
  /** Where in the Worker, innermost first. */
  stack?: string[];
}

/** Maximum number of lines of a stack that are logged. */
const MAX_LINES = 8;

/** The innermost error is the cause: a library may have wrapped it. */
export function causeOf(error: unknown): Cause {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  if (!(cause instanceof Error)) return { error: "unknown" };
  const text = (name: string): string => {
    const value: unknown = Reflect.get(cause, name);
    return typeof value === "string" ? value : "";
  };
  const places = [...text("where").matchAll(/PL\/pgSQL function (?:\w+\.)?(\w+)\([^)]*\) line (\d+)/g)];
  // The first lines of a stack are the message.
  const stack = (cause.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    error: cause.name,
    ...(/^[0-9A-Z]{5}$/.test(text("code")) && { sqlState: text("code") }),
    ...(/^\w+$/.test(text("constraint")) && { constraint: text("constraint") }),
    ...(places.length > 0 && { sqlPlace: places.map(([, name, line]) => `${name}:${line}`).join(" < ") }),
    ...(stack.length > 0 && { stack: stack.slice(0, MAX_LINES).map((line) => line.trim()) }),
  };
}
